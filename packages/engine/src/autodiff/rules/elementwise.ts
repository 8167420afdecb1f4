/** @file Gradient rules: element-wise ops. */
import { dtypes } from '../../graph/tensor.ts'
import { type GradRule, numberAttribute } from '../rule.ts'

export const elementwise = {
  Abs: ({ g, dy }, x) => [g.mul(dy, g.sign(x))],
  Add: ({ dy }) => [dy, dy],
  Cast: ({ g, dy }, x) => [dtypes[x.dtype].float ? g.cast(dy, x.dtype) : null],
  Cos: ({ g, dy }, x) => [g.neg(g.mul(dy, g.op('Sin', [x])))],
  // (a / b)' by b = -y / b
  Div: ({ g, y, dy, needs }, _a, b) => {
    const da = g.div(dy, b)
    return [da, needs[1] ? g.neg(g.mul(da, y)) : null]
  },
  // x < 0: alpha e^x = y + alpha
  Elu: ({ g, node, y, dy }, x) => [
    g.where(g.greater(x, 0), dy, g.mul(dy, g.add(y, numberAttribute(node, 'alpha', 1)))),
  ],
  // erf' = 2 / sqrt(pi) e^(-x^2)
  Erf: ({ g, dy }, x) => [g.mul(dy, g.mul(g.exp(g.neg(g.mul(x, x))), 2 / Math.sqrt(Math.PI)))],
  Exp: ({ g, y, dy }) => [g.mul(dy, y)],
  HardSigmoid: ({ g, node, y, dy }) => [
    g.mul(dy, g.mul(g.mul(g.step(y), g.step(g.sub(1, y))), numberAttribute(node, 'alpha', 0.2))),
  ],
  Identity: ({ dy }) => [dy],
  LeakyRelu: ({ g, node, dy }, x) => [
    g.where(g.greater(x, 0), dy, g.mul(dy, numberAttribute(node, 'alpha', 0.01))),
  ],
  Log: ({ g, dy }, x) => [g.div(dy, x)],
  // At a tie the first operand takes the whole gradient.
  Max: ({ g, node, dy }, a, b) => {
    if (node.inputs.length === 1) return [dy]
    const da = g.mul(dy, g.cast(g.greaterOrEqual(a, b), dy.dtype))
    return [da, g.sub(dy, da)]
  },
  Min: ({ g, node, dy }, a, b) => {
    if (node.inputs.length === 1) return [dy]
    const da = g.mul(dy, g.cast(g.op('LessOrEqual', [a, b]), dy.dtype))
    return [da, g.sub(dy, da)]
  },
  Mul: ({ g, dy, needs }, a, b) => [needs[0] ? g.mul(dy, b) : null, needs[1] ? g.mul(dy, a) : null],
  Neg: ({ g, dy }) => [g.neg(dy)],
  // by the base p x^(p-1), by the exponent y ln x
  Pow: ({ g, y, dy, needs }, x, p) => [
    needs[0] ? g.mul(dy, g.mul(g.cast(p, x.dtype), g.pow(x, g.sub(p, 1)))) : null,
    needs[1] ? g.mul(dy, g.mul(y, g.log(x))) : null,
  ],
  Reciprocal: ({ g, y, dy }) => [g.neg(g.mul(dy, g.mul(y, y)))],
  // y is positive exactly where x is
  Relu: ({ g, y, dy }) => [g.mul(dy, g.step(y))],
  // sigmoid' = y (1 - y)
  Sigmoid: ({ g, y, dy }) => [g.mul(dy, g.mul(y, g.sub(1, y)))],
  Sin: ({ g, dy }, x) => [g.mul(dy, g.op('Cos', [x]))],
  Softplus: ({ g, dy }, x) => [g.mul(dy, g.sigmoid(x))],
  Sqrt: ({ g, y, dy }) => [g.div(g.mul(dy, 0.5), y)],
  Sub: ({ g, dy, needs }) => [dy, needs[1] ? g.neg(dy) : null],
  // tanh' = 1 - tanh^2, from the forward output: nothing is computed twice
  Tanh: ({ g, y, dy }) => [g.mul(dy, g.sub(1, g.mul(y, y)))],
  Where: ({ g, dy, needs }, condition) => [
    null,
    needs[1] ? g.where(condition, dy, 0) : null,
    needs[2] ? g.where(condition, 0, dy) : null,
  ],
} satisfies Record<string, GradRule>
