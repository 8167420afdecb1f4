/** @file Adagrad, as PyTorch computes it. */
import { ops } from '../graph/ops.ts'
import type { Optimiser } from './optimiser.ts'

export interface AdagradOptions {
  readonly learningRate?: number
  /** The rate of step t is learningRate / (1 + (t - 1) rateDecay). */
  readonly rateDecay?: number
  readonly epsilon?: number
  /** Coupled (L2): added to the gradient. */
  readonly weightDecay?: number
}

/** s += g^2; p -= rate g / (sqrt(s) + epsilon) (Duchi, Hazan and Singer, 2011). */
export function adagrad({
  learningRate = 1e-2,
  rateDecay = 0,
  epsilon = 1e-10,
  weightDecay = 0,
}: AdagradOptions = {}): Optimiser {
  return {
    name: 'adagrad',
    learningRate,
    slots: 1,
    settings: { rateDecay, epsilon, weightDecay },
    update({ parameters, gradient, slots: [s], step, learningRate: rate, weightDecay: own }) {
      const g = ops(parameters.graph)
      const decay = own ?? weightDecay
      const whole = decay === 0 ? gradient : g.add(gradient, g.mul(parameters, decay))
      const sum = g.add(s!, g.mul(whole, whole))
      const now =
        rateDecay === 0 ? rate : g.div(rate, g.add(1, g.mul(g.sub(g.cast(step, 'float32'), 1), rateDecay)))
      const moved = g.mul(g.div(whole, g.add(g.sqrt(sum), epsilon)), now)
      return { parameters: g.sub(parameters, moved), slots: [sum] }
    },
  }
}
