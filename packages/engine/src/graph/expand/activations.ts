/** @file Expansions: activation functions. */
import { type Expansion, input, number } from './expansion.ts'

// x Phi(x); the tanh form is Hendrycks and Gimpel, Gaussian Error Linear Units (2016)
const gelu: Expansion = (c) => {
  const { g, node } = c
  const x = input(c, 0)
  if (node.attributes.approximate === 'tanh') {
    const inner = g.tanh(g.mul(g.mul(x, g.add(g.mul(g.mul(x, x), 0.044715), 1)), Math.sqrt(2 / Math.PI)))
    return [g.mul(g.mul(x, 0.5), g.add(inner, 1))]
  }
  // Written in z = x / sqrt 2, so that both factors can go into the products before and behind it.
  const z = g.mul(x, Math.SQRT1_2)
  return [g.mul(g.mul(z, g.add(g.op('Erf', [z]), 1)), Math.SQRT1_2)]
}

export const activations = {
  Gelu: gelu,
  // x tanh(ln(1 + e^x))
  Mish: (c) => [c.g.mul(input(c, 0), c.g.tanh(c.g.op('Softplus', [input(c, 0)])))],
  // x sigmoid(alpha x)
  Swish: (c) => {
    const [x, alpha] = [input(c, 0), number(c, 'alpha', 1)]
    return [c.g.mul(x, c.g.sigmoid(alpha === 1 ? x : c.g.mul(x, alpha)))]
  },
} satisfies Record<string, Expansion>
