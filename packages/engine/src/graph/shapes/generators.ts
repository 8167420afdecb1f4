/** @file Shape rules: ops that make values from shapes, ranges or chance, and control flow but for the Loop. */
import { EngineError } from '../../errors.ts'
import { type DType, isStatic, sameShape, showShape } from '../tensor.ts'
import type { Subgraph } from '../types.ts'
import {
  constantNumbers,
  inputAt,
  intAttribute,
  intsAttribute,
  mismatch,
  type ShapeContext,
  type ShapeRule,
} from './context.ts'
import { castTarget } from './elementwise.ts'
import { isSub } from './subgraph.ts'

/** Known where start, limit and delta are. */
const range: ShapeRule = (c) => {
  const [start, limit, delta] = [0, 1, 2].map((i) => inputAt(c, i))
  const [a, b, d] = [start, limit, delta].map((v) => constantNumbers(v)?.[0])
  const known = a !== undefined && b !== undefined && d !== undefined
  const length = known ? Math.max(0, Math.ceil((b - a) / d)) : `range(${limit!.name})`
  return [{ dtype: start!.dtype, shape: [length] }]
}

const typed = (c: ShapeContext, fallback: DType): DType => {
  const dtype = c.attributes.dtype
  return dtype === undefined ? fallback : castTarget({ ...c, attributes: { to: dtype } })
}

const like: ShapeRule = (c) => [{ dtype: typed(c, inputAt(c, 0).dtype), shape: inputAt(c, 0).shape }]

const random: ShapeRule = (c) => [{ dtype: typed(c, 'float32'), shape: intsAttribute(c, 'shape') }]

const multinomial: ShapeRule = (c) => [
  { dtype: typed(c, 'int32'), shape: [inputAt(c, 0).shape[0]!, intAttribute(c, 'sample_size', 1)] },
]

const nonZero: ShapeRule = (c) => {
  const x = inputAt(c, 0)
  return [{ dtype: 'int64', shape: [x.shape.length, `nonzero(${x.name})`] }]
}

const bodyOf = (c: ShapeContext, name: string): Subgraph => {
  const body = c.attributes[name]
  if (isSub(body)) return body
  throw new EngineError('engine/bad-attribute', `${c.where}: needs the attribute ${name}`, 'Give a graph.')
}

/** Both branches give the same types and shapes. */
const branch: ShapeRule = (c) => {
  const [yes, no] = [bodyOf(c, 'then_branch'), bodyOf(c, 'else_branch')]
  if (yes.outputs.length !== no.outputs.length)
    throw mismatch(c.where, 'its branches give different numbers of values', 'Give the same in both.')
  return yes.outputs.map(({ dtype, shape }, i) => {
    const other = no.outputs[i]!
    if (other.dtype !== dtype || (isStatic(shape) && isStatic(other.shape) && !sameShape(shape, other.shape)))
      throw mismatch(
        c.where,
        `its branches give ${dtype} ${showShape(shape)} and ${other.dtype} ${showShape(other.shape)}`,
        'Give the same in both.',
      )
    return { dtype, shape: isStatic(shape) ? other.shape : shape }
  })
}

/** States keep their types; scan outputs gain the axis that was scanned over. */
const scan: ShapeRule = (c) => {
  const body = bodyOf(c, 'body')
  const scanned = intAttribute(c, 'num_scan_inputs')
  const states = c.inputs.length - scanned
  if (scanned < 1 || states < 0 || body.inputs.length !== c.inputs.length || body.outputs.length < states)
    throw mismatch(
      c.where,
      `its body takes ${body.inputs.length} values and gives ${body.outputs.length}, for ${c.inputs.length} inputs of which ${scanned} are scanned`,
      'It takes the states and one element of each scanned value, and gives the states first.',
    )
  const axes = intsAttribute(c, 'scan_input_axes', Array(scanned).fill(0))
  const outputAxes = intsAttribute(c, 'scan_output_axes', Array(body.outputs.length - states).fill(0))
  if (axes.length !== scanned || outputAxes.length !== body.outputs.length - states)
    throw mismatch(c.where, 'it has another number of axes than of scanned values', 'Give one axis for each.')
  const first = inputAt(c, states)
  const length = first.shape.at(axes[0]!) ?? 0
  return body.outputs.map(({ dtype, shape }, i) => {
    if (i < states) return { dtype, shape }
    const axis = outputAxes[i - states]!
    return { dtype, shape: shape.toSpliced(axis < 0 ? axis + shape.length + 1 : axis, 0, length) }
  })
}

const quantize: ShapeRule = (c) => [{ dtype: c.inputs[2]?.dtype ?? 'uint8', shape: inputAt(c, 0).shape }]

const dequantize: ShapeRule = (c) => [{ dtype: inputAt(c, 1).dtype, shape: inputAt(c, 0).shape }]

export const generators = {
  Bernoulli: like,
  DequantizeLinear: dequantize,
  EyeLike: like,
  If: branch,
  Multinomial: multinomial,
  NonZero: nonZero,
  QuantizeLinear: quantize,
  RandomNormal: random,
  RandomNormalLike: like,
  RandomUniform: random,
  RandomUniformLike: like,
  Range: range,
  Scan: scan,
} satisfies Record<string, ShapeRule>
