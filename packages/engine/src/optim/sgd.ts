/** @file Stochastic gradient descent, as PyTorch computes it. */
import { EngineError } from '../errors.ts'
import { ops } from '../graph/ops.ts'
import type { Optimiser } from './optimiser.ts'

export interface SgdOptions {
  readonly learningRate: number
  readonly momentum?: number
  readonly nesterov?: boolean
  /** Coupled (L2): added to the gradient. */
  readonly weightDecay?: number
}

/**
 * g' = g + weightDecay p; b = momentum b + g'; p -= rate (nesterov ? g' + momentum b : b) (Sutskever et al., 2013, in
 * PyTorch's form, where the first b is g').
 * @throws EngineError engine/bad-options
 */
export function sgd({
  learningRate,
  momentum = 0,
  nesterov = false,
  weightDecay = 0,
}: SgdOptions): Optimiser {
  if (nesterov && momentum === 0) {
    throw new EngineError('engine/bad-options', 'sgd: nesterov needs a momentum', 'Set momentum, 0.9 say.')
  }
  return {
    name: 'sgd',
    learningRate,
    slots: momentum === 0 ? 0 : 1,
    settings: { momentum, nesterov, weightDecay },
    update({ parameters, gradient, slots: [b], learningRate: rate, weightDecay: own }) {
      const decay = own ?? weightDecay
      const g = ops(parameters.graph)
      const whole = decay === 0 ? gradient : g.add(gradient, g.mul(parameters, decay))
      if (b === undefined) return { parameters: g.sub(parameters, g.mul(whole, rate)), slots: [] }
      const b2 = g.add(g.mul(b, momentum), whole)
      const direction = nesterov ? g.add(whole, g.mul(b2, momentum)) : b2
      return { parameters: g.sub(parameters, g.mul(direction, rate)), slots: [b2] }
    },
  }
}
