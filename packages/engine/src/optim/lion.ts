/** @file Lion: the sign of a momentum. */
import { ops } from '../graph/ops.ts'
import { checkBetas } from './betas.ts'
import type { Optimiser } from './optimiser.ts'

export interface LionOptions {
  readonly learningRate?: number
  readonly betas?: readonly [number, number]
  /** Decoupled: subtracts learningRate x weightDecay x parameter. */
  readonly weightDecay?: number
}

/** p -= rate (sign(beta1 m + (1 - beta1) g) + decay p); m = beta2 m + (1 - beta2) g (Chen et al., 2023, algorithm 2). @throws EngineError engine/bad-options */
export function lion({
  learningRate = 1e-4,
  betas = [0.9, 0.99],
  weightDecay = 0,
}: LionOptions = {}): Optimiser {
  checkBetas('lion', betas)
  const [beta1, beta2] = betas
  return {
    name: 'lion',
    learningRate,
    slots: 1,
    settings: { beta1, beta2, weightDecay },
    update({ parameters, gradient, slots: [m], learningRate: rate, weightDecay: own }) {
      const g = ops(parameters.graph)
      const decay = own ?? weightDecay
      const mix = (beta: number) => g.add(g.mul(m!, beta), g.mul(gradient, 1 - beta))
      const direction = g.sign(mix(beta1))
      const whole = decay === 0 ? direction : g.add(direction, g.mul(parameters, decay))
      return { parameters: g.sub(parameters, g.mul(whole, rate)), slots: [mix(beta2)] }
    },
  }
}
