/** @file Gradient rules: element-wise arithmetic and the elementary functions. */
import type { Value } from '../../graph/types.ts'
import { repeated, scaled } from '../broadcast.ts'
import { type GradContext, type GradRule, notSupported, numberAttribute } from '../rule.ts'

// Of equal operands the first takes the whole gradient.
const extreme: GradRule = ({ g, y, dy, needs }, ...xs) => {
  let rest: Value = dy
  return xs.map((x, i) => {
    if (i === xs.length - 1) return rest
    const own = g.mul(rest, g.cast(g.equal(x, y), dy.dtype))
    if (needs.slice(i + 1).includes(true)) rest = g.sub(rest, own)
    return own
  })
}

const cast: GradRule = ({ g, dy }, x) => [g.cast(dy, x.dtype)]

// by the base p x^(p-1), by the exponent y ln x (0 where x is 0)
const pow: GradRule = ({ g, y, dy, needs }, x, p) => [
  needs[0] ? g.mul(dy, powSlope(g, x, p)) : null,
  needs[1] ? g.mul(dy, g.cast(g.mul(y, g.log(g.where(g.equal(x, 0), 1, x))), dy.dtype)) : null,
]

function powSlope(g: GradContext['g'], x: Value, p: Value): Value {
  const exponent = p.constant?.data.length === 1 ? Number(p.constant.data[0]) : null
  if (exponent === 2) return g.mul(x, 2)
  if (exponent === 3) return g.mul(g.mul(x, x), 3)
  return g.mul(g.cast(p, x.dtype), g.pow(x, g.sub(p, 1)))
}

// a mod b = a - b q with a whole number q, whose derivative is 0
const mod: GradRule = ({ g, node, y, dy, needs }, a, b) => {
  if (numberAttribute(node, 'fmod', 0) !== 1)
    throw notSupported(node, 'of whole numbers', 'Set fmod for float values.')
  return [dy, needs[1] ? g.mul(dy, g.div(g.sub(y, a), b)) : null]
}

// Inside the bounds, both included, x takes the gradient; outside, the bound that holds.
const clip: GradRule = ({ g, dy, needs }, x, low, high) => {
  const all = [...Array(Math.max(0, x.shape.length)).keys()]
  const outside = (mask: Value): Value => g.reduceSum(g.where(mask, dy, 0), all, false)
  let dx = dy
  if (low) dx = g.where(g.less(x, low), 0, dx)
  if (high) dx = g.where(g.greater(x, high), 0, dx)
  return [
    needs[0] ? dx : null,
    // ONNX defines min(max(x, low), high): where the bounds cross, the upper one holds.
    needs[1] ? outside(high ? g.op('And', [g.less(x, low!), g.less(low!, high)]) : g.less(x, low!)) : null,
    needs[2] ? outside(g.greater(low ? g.max(x, low) : x, high!)) : null,
  ]
}

// z (1 + erf z), the inside of GELU, as a whole: 1 + erf z + z 2 / sqrt(pi) e^(-z^2), six passes instead of nine
function gaussianUnit({ g, dy }: GradContext, z: Value, f: Value): Value[] | null {
  const [inner, one] = f.node?.op === 'Add' ? f.node.inputs : []
  if (inner?.node?.op !== 'Erf' || inner.node.inputs[0] !== z) return null
  if (one?.constant?.data.length !== 1 || Number(one.constant.data[0]) !== 1) return null
  const bell = g.exp(g.sub(Math.log(2 / Math.sqrt(Math.PI)), g.mul(z, z)))
  return [g.mul(dy, g.add(g.mul(z, bell), f))]
}

export const elementwise = {
  Abs: ({ g, dy }, x) => [g.mul(dy, g.sign(x))],
  // -1 / sqrt(1 - x^2)
  Acos: ({ g, dy }, x) => [g.neg(g.div(dy, g.sqrt(g.sub(1, g.mul(x, x)))))],
  // 1 / sqrt(x^2 - 1)
  Acosh: ({ g, dy }, x) => [g.div(dy, g.sqrt(g.sub(g.mul(x, x), 1)))],
  Add: ({ dy }) => [dy, dy],
  Asin: ({ g, dy }, x) => [g.div(dy, g.sqrt(g.sub(1, g.mul(x, x))))],
  Asinh: ({ g, dy }, x) => [g.div(dy, g.sqrt(g.add(g.mul(x, x), 1)))],
  Atan: ({ g, dy }, x) => [g.div(dy, g.add(g.mul(x, x), 1))],
  Atanh: ({ g, dy }, x) => [g.div(dy, g.sub(1, g.mul(x, x)))],
  Cast: cast,
  CastLike: cast,
  Clip: clip,
  Cos: ({ g, dy }, x) => [g.neg(g.mul(dy, g.op('Sin', [x])))],
  Cosh: ({ g, dy }, x) => [g.mul(dy, g.op('Sinh', [x]))],
  // (a / b)' by b = -y / b
  Div: ({ g, y, dy, needs }, _a, b) => {
    const da = g.div(dy, b)
    return [da, needs[1] ? g.neg(g.mul(da, y)) : null]
  },
  // erf' = 2 / sqrt(pi) e^(-x^2)
  Erf: ({ g, dy }, x) => [g.mul(dy, g.mul(g.exp(g.neg(g.mul(x, x))), 2 / Math.sqrt(Math.PI)))],
  Exp: ({ g, y, dy }) => [g.mul(dy, y)],
  Identity: ({ dy }) => [dy],
  Log: ({ g, dy }, x) => [g.div(dy, x)],
  Max: extreme,
  Mean: ({ g, dy }, ...xs) => {
    const share = g.div(dy, xs.length)
    return xs.map(() => share)
  },
  Min: extreme,
  Mod: mod,
  Mul: (c, a, b) => {
    const { g, dy, needs } = c
    if (a === b) return [scaled(g, g.mul(repeated(dy), 2), a), null]
    return gaussianUnit(c, a, b) ?? [needs[0] ? scaled(g, dy, b) : null, needs[1] ? scaled(g, dy, a) : null]
  },
  Neg: ({ g, dy }) => [g.neg(dy)],
  Pow: pow,
  Reciprocal: ({ g, y, dy }) => [g.neg(g.mul(dy, g.mul(y, y)))],
  Sin: ({ g, dy }, x) => [g.mul(dy, g.op('Cos', [x]))],
  Sinh: ({ g, dy }, x) => [g.mul(dy, g.op('Cosh', [x]))],
  Sqrt: ({ g, y, dy }) => [g.div(g.mul(dy, 0.5), y)],
  Sub: ({ g, dy, needs }) => [dy, needs[1] ? g.neg(dy) : null],
  Sum: ({ dy }, ...xs) => xs.map(() => dy),
  // 1 + tan^2
  Tan: ({ g, y, dy }) => [g.mul(dy, g.add(g.mul(y, y), 1))],
  Where: ({ g, dy, needs }, condition) => [
    null,
    needs[1] ? g.where(condition, dy, 0) : null,
    needs[2] ? g.where(condition, 0, dy) : null,
  ],
} satisfies Record<string, GradRule>
