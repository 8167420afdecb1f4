/** @file RMSprop, as PyTorch computes it. */
import { ops } from '../graph/ops.ts'
import type { Value } from '../graph/types.ts'
import type { Optimiser } from './optimiser.ts'

export interface RmspropOptions {
  readonly learningRate?: number
  /** How much of the mean square stays a step. */
  readonly smoothing?: number
  readonly epsilon?: number
  readonly momentum?: number
  /** Divides by the deviation instead of the root mean square. */
  readonly centred?: boolean
  /** Coupled (L2): added to the gradient. */
  readonly weightDecay?: number
}

/**
 * v = a v + (1 - a) g^2; d = g / (sqrt(v) + epsilon); p -= rate d, or with momentum b = momentum b + d; p -= rate b
 * (Tieleman and Hinton, 2012; centred: Graves, 2013, v less the squared mean gradient).
 */
export function rmsprop({
  learningRate = 1e-2,
  smoothing = 0.99,
  epsilon = 1e-8,
  momentum = 0,
  centred = false,
  weightDecay = 0,
}: RmspropOptions = {}): Optimiser {
  return {
    name: 'rmsprop',
    learningRate,
    slots: 1 + (centred ? 1 : 0) + (momentum > 0 ? 1 : 0),
    settings: { smoothing, epsilon, momentum, centred, weightDecay },
    update({ parameters, gradient, slots, learningRate: rate, weightDecay: own }) {
      const g = ops(parameters.graph)
      const decay = own ?? weightDecay
      const whole = decay === 0 ? gradient : g.add(gradient, g.mul(parameters, decay))
      const smooth = (old: Value, now: Value) => g.add(g.mul(old, smoothing), g.mul(now, 1 - smoothing))
      const square = smooth(slots[0]!, g.mul(whole, whole))
      const next = [square]
      let spread = square
      if (centred) {
        const mean = smooth(slots[1]!, whole)
        next.push(mean)
        // Rounding must not take the variance below zero.
        spread = g.max(g.sub(square, g.mul(mean, mean)), 0)
      }
      let step = g.div(whole, g.add(g.sqrt(spread), epsilon))
      if (momentum > 0) {
        step = g.add(g.mul(slots.at(-1)!, momentum), step)
        next.push(step)
      }
      return { parameters: g.sub(parameters, g.mul(step, rate)), slots: next }
    },
  }
}
