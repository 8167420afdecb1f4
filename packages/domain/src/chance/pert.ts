/** @file The BetaPERT distribution, given by its least, most likely and greatest value. */
import { type Beta, drawBeta } from './gamma.ts'
import type { Random } from './random.ts'
import { betaQuantile } from './special.ts'

/** `gamma` is the weight of the mode; 4 is classic PERT. */
export type Pert = { min: number; mode: number; max: number; gamma?: number }

/**
 * The Beta on (min, max): alpha = 1 + gamma (mode-min)/(max-min), beta = 1 + gamma (max-mode)/(max-min).
 * A range of no width is the constant `min`, for which any shape will do.
 */
export const pertShape = ({ min, mode, max, gamma = 4 }: Pert): Beta => ({
  alpha: 1 + (max > min ? (gamma * (mode - min)) / (max - min) : 0),
  beta: 1 + (max > min ? (gamma * (max - mode)) / (max - min) : 0),
})

/** (min + gamma mode + max)/(gamma + 2). */
export const pertMean = ({ min, mode, max, gamma = 4 }: Pert): number =>
  (min + gamma * mode + max) / (gamma + 2)

export const pertVariance = (pert: Pert): number => {
  const { alpha, beta } = pertShape(pert)
  const n = alpha + beta
  return ((pert.max - pert.min) ** 2 * alpha * beta) / (n * n * (n + 1))
}

export const drawPert = (random: Random, pert: Pert): number =>
  pert.min + (pert.max - pert.min) * drawBeta(random, pertShape(pert))

export const pertQuantile = (p: number, pert: Pert): number => {
  const { alpha, beta } = pertShape(pert)
  return pert.min + (pert.max - pert.min) * betaQuantile(p, alpha, beta)
}
