/** @file A short way to write nodes: `g.mul(a, g.exp(b))`. */
import { type Dim, type DType, dtypes, isStatic, type Shape, sizeOf, tensor } from './tensor.ts'
import type { Attributes, Graph, Value } from './types.ts'

/** A value, or a number that becomes a constant of the other operand's type. */
export type Operand = Value | number

export interface Ops {
  readonly graph: Graph
  op(name: string, inputs: readonly (Value | null)[], attributes?: Attributes): Value
  scalar(value: number, dtype?: DType): Value
  ints(values: readonly number[]): Value
  /** The shape of `x` as an int64 value: a constant where it is known, else computed at run time. */
  shapeOf(x: Value): Value
  full(like: Value, value: number): Value
  add(a: Operand, b: Operand): Value
  sub(a: Operand, b: Operand): Value
  mul(a: Operand, b: Operand): Value
  div(a: Operand, b: Operand): Value
  pow(a: Value, b: Operand): Value
  max(a: Operand, b: Operand): Value
  equal(a: Operand, b: Operand): Value
  greater(a: Operand, b: Operand): Value
  greaterOrEqual(a: Operand, b: Operand): Value
  less(a: Operand, b: Operand): Value
  where(condition: Value, a: Operand, b: Operand): Value
  neg(x: Value): Value
  exp(x: Value): Value
  log(x: Value): Value
  sqrt(x: Value): Value
  sign(x: Value): Value
  tanh(x: Value): Value
  sigmoid(x: Value): Value
  relu(x: Value): Value
  /** 1 where x > 0, else 0, in the type of x. */
  step(x: Value): Value
  cast(x: Value, to: DType): Value
  matMul(a: Value, b: Value): Value
  /** a b (+ c), either one transposed first where asked. */
  gemm(a: Value, b: Value, how?: { transA?: boolean; transB?: boolean; bias?: Value | null }): Value
  reduceSum(x: Value, axes: readonly number[], keep?: boolean): Value
  reduceMean(x: Value, axes: readonly number[], keep?: boolean): Value
  reduceMax(x: Value, axes: readonly number[], keep?: boolean): Value
  reshape(x: Value, shape: Shape): Value
  reshapeLike(x: Value, like: Value): Value
  expandLike(x: Value, like: Value): Value
  flatten(x: Value, axis?: number): Value
  transpose(x: Value, perm: readonly number[]): Value
  concat(parts: readonly Value[], axis: number): Value
  split(x: Value, sizes: readonly number[], axis: number): readonly Value[]
  slice(x: Value, axis: number, start: number, end: number, step?: number): Value
  pad(x: Value, pads: readonly number[]): Value
  unsqueeze(x: Value, axes: readonly number[]): Value
  squeeze(x: Value, axes: readonly number[]): Value
  gather(x: Value, indices: Value, axis?: number): Value
  gatherElements(x: Value, indices: Value, axis: number): Value
}

export function ops(graph: Graph): Ops {
  const op: Ops['op'] = (name, inputs, attributes = {}) => graph.add(name, inputs, attributes)[0]!
  const scalar: Ops['scalar'] = (value, dtype = 'float32') => graph.constant(tensor(dtype, [], [value]))
  const ints = (values: readonly number[]): Value => graph.constant(tensor('int64', [values.length], values))
  const binary =
    (name: string) =>
    (a: Operand, b: Operand): Value => {
      const dtype = typeof a !== 'number' ? a.dtype : typeof b !== 'number' ? b.dtype : 'float32'
      const value = (x: Operand): Value => (typeof x === 'number' ? scalar(x, dtype) : x)
      return op(name, [value(a), value(b)])
    }
  const unary =
    (name: string) =>
    (x: Value): Value =>
      op(name, [x])
  const reduce =
    (name: string) =>
    (x: Value, axes: readonly number[], keep = true): Value =>
      axes.length === 0 ? x : op(name, [x, ints(axes)], { keepdims: keep ? 1 : 0 })
  const sameDims = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((d, i) => d === b[i])
  const shapeOf = (x: Value): Value => (isStatic(x.shape) ? ints(x.shape) : op('Shape', [x]))
  const reshape = (x: Value, shape: Shape): Value =>
    sameDims(x.shape, shape) ? x : op('Reshape', [x, ints(oneHole(shape))])
  const transpose = (x: Value, perm: readonly number[]): Value =>
    perm.every((p, i) => p === i) ? x : op('Transpose', [x], { perm })
  const g: Ops = {
    graph,
    op,
    scalar,
    ints,
    shapeOf,
    full: (like, value) => {
      if (isStatic(like.shape) && sizeOf(like.shape) <= 64) {
        return graph.constant(tensor(like.dtype, like.shape, Array(sizeOf(like.shape)).fill(value)))
      }
      return op('ConstantOfShape', [shapeOf(like)], { value: tensor(like.dtype, [1], [value]) })
    },
    add: binary('Add'),
    sub: binary('Sub'),
    mul: binary('Mul'),
    div: binary('Div'),
    pow: binary('Pow'),
    max: binary('Max'),
    equal: binary('Equal'),
    greater: binary('Greater'),
    greaterOrEqual: binary('GreaterOrEqual'),
    less: binary('Less'),
    where: (condition, a, b) => {
      const dtype = typeof a !== 'number' ? a.dtype : typeof b !== 'number' ? b.dtype : 'float32'
      const value = (x: Operand): Value => (typeof x === 'number' ? scalar(x, dtype) : x)
      return op('Where', [condition, value(a), value(b)])
    },
    neg: unary('Neg'),
    exp: unary('Exp'),
    log: unary('Log'),
    sqrt: unary('Sqrt'),
    sign: unary('Sign'),
    tanh: unary('Tanh'),
    sigmoid: unary('Sigmoid'),
    relu: unary('Relu'),
    // min(1, max(0, x 1e38)) is one vectorised pass, where comparing and casting are two and Sign is a slow loop.
    // Between 0 and 1e-38, the smallest normal float, it rises from 0 to 1.
    step: (x) =>
      x.dtype === 'float32'
        ? op('HardSigmoid', [x], { alpha: { float: 1e38 }, beta: { float: 0 } })
        : g.cast(g.greater(x, 0), x.dtype),
    cast: (x, to) => (x.dtype === to ? x : op('Cast', [x], { to: dtypes[to].onnx })),
    matMul: binary('MatMul'),
    gemm: (a, b, how = {}) =>
      op('Gemm', how.bias ? [a, b, how.bias] : [a, b], {
        ...(how.transA === true ? { transA: 1 } : {}),
        ...(how.transB === true ? { transB: 1 } : {}),
      }),
    reduceSum: reduce('ReduceSum'),
    reduceMean: reduce('ReduceMean'),
    reduceMax: reduce('ReduceMax'),
    reshape,
    reshapeLike: (x, like) => {
      if (sameDims(x.shape, like.shape)) return x
      return like.shape.filter((d) => typeof d === 'string').length <= 1
        ? reshape(x, like.shape)
        : op('Reshape', [x, shapeOf(like)])
    },
    expandLike: (x, like) => (sameDims(x.shape, like.shape) ? x : op('Expand', [x, shapeOf(like)])),
    flatten: (x, axis = 1) => op('Flatten', [x], { axis }),
    transpose,
    concat: (parts, axis) => (parts.length === 1 ? parts[0]! : op('Concat', parts, { axis })),
    split: (x, sizes, axis) =>
      sizes.length === 1 ? [x] : graph.add('Split', [x, ints(sizes)], { axis }, sizes.length),
    slice: (x, axis, start, end, step = 1) =>
      op('Slice', [x, ints([start]), ints([end]), ints([axis]), ints([step])]),
    pad: (x, pads) => (pads.every((p) => p === 0) ? x : op('Pad', [x, ints(pads)])),
    unsqueeze: (x, axes) => (axes.length === 0 ? x : op('Unsqueeze', [x, ints(axes)])),
    squeeze: (x, axes) => (axes.length === 0 ? x : op('Squeeze', [x, ints(axes)])),
    gather: (x, indices, axis = 0) => op('Gather', [x, indices], { axis }),
    gatherElements: (x, indices, axis) => op('GatherElements', [x, indices], { axis }),
  }
  return g
}

const oneHole = (shape: readonly Dim[]): number[] => shape.map((d) => (typeof d === 'string' ? -1 : d))
