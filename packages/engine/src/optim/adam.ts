/** @file Adam, as PyTorch computes it. */
import { ops } from '../graph/ops.ts'
import type { Pattern } from '../patterns.ts'
import { checkBetas } from './betas.ts'
import { type Optimiser, withGroups } from './optimiser.ts'

export interface AdamOptions {
  readonly learningRate?: number
  readonly betas?: readonly [number, number]
  readonly epsilon?: number
  /** Decoupled (AdamW): subtracts learningRate x weightDecay x parameter. */
  readonly weightDecay?: number
}

/**
 * Adam (Kingma and Ba, 2015, algorithm 1); with weightDecay AdamW (Loshchilov and Hutter, 2019).
 *
 * The slots hold m / (1 - beta1) and v / (1 - beta2), which saves three passes over the parameters a step:
 * M = beta1 M + g, V = beta2 V + g^2, and with s = sqrt((1 - beta2) / (1 - beta2^t)) and
 * c = (1 - beta1) / (1 - beta1^t): p -= rate c / s * M / (sqrt V + epsilon / s).
 * @throws EngineError engine/bad-options
 */
export function adam({
  learningRate = 1e-3,
  betas = [0.9, 0.999],
  epsilon = 1e-8,
  weightDecay = 0,
}: AdamOptions = {}): Optimiser {
  checkBetas('adam', betas)
  const [beta1, beta2] = betas
  return {
    name: 'adam',
    learningRate,
    slots: 2,
    settings: { beta1, beta2, epsilon, weightDecay },
    update({ parameters, gradient, slots: [m, v], step, learningRate: rate, weightDecay: own }) {
      const decay = own ?? weightDecay
      const g = ops(parameters.graph)
      // 1 - beta^t = -expm1(t ln beta) = 2 T / (T - 1) with T = tanh(t ln(beta) / 2), which keeps all digits in
      // float32, where 1 - 0.999^t loses half of them at the first steps. Devices have no float64.
      const t = g.cast(step, 'float32')
      const left = (beta: number) => {
        const tanh = g.tanh(g.mul(t, Math.log(beta) / 2))
        return g.div(g.mul(tanh, 2), g.sub(tanh, 1))
      }
      const s = g.sqrt(g.div(1 - beta2, left(beta2)))
      const c = g.div(1 - beta1, left(beta1))
      const size = g.mul(rate, g.div(c, s))
      const floor = g.div(epsilon, s)
      const m2 = g.add(g.mul(m!, beta1), gradient)
      const v2 = g.add(g.mul(v!, beta2), g.mul(gradient, gradient))
      const decayed = decay === 0 ? parameters : g.mul(parameters, g.sub(1, g.mul(rate, decay)))
      const moved = g.sub(decayed, g.mul(g.div(m2, g.add(g.sqrt(v2), floor)), size))
      return { parameters: moved, slots: [m2, v2] }
    },
  }
}

export interface AdamWOptions extends AdamOptions {
  /** Parameters that do not decay: biases and the weights of norms, by custom. */
  readonly noDecay?: Pattern | readonly Pattern[]
}

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, 2019), 0.01 unless given.
 * @example
 * adamW({ learningRate: 3e-4, weightDecay: 0.1, noDecay: ['*bias', '*norm*'] })
 */
export function adamW({ noDecay, weightDecay = 0.01, ...rest }: AdamWOptions = {}): Optimiser {
  const optimiser = { ...adam({ ...rest, weightDecay }), name: 'adamW' }
  return noDecay === undefined ? optimiser : withGroups(optimiser, [{ match: noDecay, weightDecay: 0 }])
}
