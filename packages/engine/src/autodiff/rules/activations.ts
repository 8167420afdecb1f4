/** @file Gradient rules: activation functions. */
import type { Value } from '../../graph/types.ts'
import { type GradContext, type GradRule, numberAttribute } from '../rule.ts'

/** dy where x > 0, else dy times `below`: one pass with a factor, where `Where` would be several. */
const rising = ({ g, dy }: GradContext, x: Value, below: number): Value =>
  g.mul(dy, g.add(g.mul(g.step(x), 1 - below), below))

export const activations = {
  // x < 0: e^(x / alpha) = y / alpha + 1
  Celu: ({ g, node, y, dy }, x) => [
    g.where(g.greater(x, 0), dy, g.mul(dy, g.add(g.div(y, numberAttribute(node, 'alpha', 1)), 1))),
  ],
  // x < 0: alpha e^x = y + alpha
  Elu: ({ g, node, y, dy }, x) => [
    g.where(g.greater(x, 0), dy, g.mul(dy, g.add(y, numberAttribute(node, 'alpha', 1)))),
  ],
  HardSigmoid: ({ g, node, y, dy }) => [
    g.mul(dy, g.mul(g.mul(g.step(y), g.step(g.sub(1, y))), numberAttribute(node, 'alpha', 0.2))),
  ],
  // x h(x) with h = min(1, max(0, x / 6 + 1 / 2)): h + x / 6 where h is between 0 and 1
  HardSwish: ({ g, dy }, x) => {
    const h = g.op('HardSigmoid', [x], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } })
    const inside = g.mul(g.step(h), g.step(g.sub(1, h)))
    return [g.mul(dy, g.add(h, g.mul(g.mul(x, 1 / 6), inside)))]
  },
  LeakyRelu: (c, x) => [rising(c, x, numberAttribute(c.node, 'alpha', 0.01))],
  PRelu: ({ g, dy, needs }, x, slope) => {
    const negative = g.less(x, 0)
    return [
      needs[0] ? g.where(negative, g.mul(dy, slope), dy) : null,
      needs[1] ? g.where(negative, g.mul(dy, x), 0) : null,
    ]
  },
  // y is positive exactly where x is
  Relu: ({ g, y, dy }) => [g.mul(dy, g.step(y))],
  // x < 0: gamma alpha e^x = y + gamma alpha
  Selu: ({ g, node, y, dy }, x) => {
    const alpha = numberAttribute(node, 'alpha', 1.6732632423543772)
    const gamma = numberAttribute(node, 'gamma', 1.0507009873554805)
    return [g.mul(dy, g.where(g.greater(x, 0), gamma, g.add(y, alpha * gamma)))]
  },
  Shrink: ({ g, node, dy }, x) => [
    g.mul(dy, g.step(g.sub(g.op('Abs', [x]), numberAttribute(node, 'lambd', 0.5)))),
  ],
  // sigmoid' = y (1 - y)
  Sigmoid: ({ g, y, dy }) => [g.mul(dy, g.mul(y, g.sub(1, y)))],
  Softplus: ({ g, dy }, x) => [g.mul(dy, g.sigmoid(x))],
  // 1 / (1 + |x|)^2 = (1 - |y|)^2
  Softsign: ({ g, y, dy }) => {
    const left = g.sub(1, g.op('Abs', [y]))
    return [g.mul(dy, g.mul(left, left))]
  },
  // tanh' = 1 - tanh^2, from the forward output: nothing is computed twice
  Tanh: ({ g, y, dy }) => [g.mul(dy, g.sub(1, g.mul(y, y)))],
  ThresholdedRelu: ({ g, node, dy }, x) => [g.mul(dy, g.step(g.sub(x, numberAttribute(node, 'alpha', 1))))],
} satisfies Record<string, GradRule>
