/** @file The equation of an Einsum, parsed; its shape rule. */
import { EngineError } from '../../errors.ts'
import { broadcastShapes, type Dim, showShape } from '../tensor.ts'
import { expectSame, inputAt, mismatch, type ShapeContext, type ShapeRule } from './context.ts'

export interface Equation {
  /** One label per axis for each operand, ellipses written out. */
  readonly inputs: readonly (readonly string[])[]
  readonly output: readonly string[]
}

/** Labels that stand for the axes of an ellipsis, counted from its last axis; no letter of an equation is one. */
const ellipsisLabel = (fromLast: number): string => `.${fromLast}`

/**
 * The equation with an implicit output and ellipses written out (numpy.einsum, ONNX operator Einsum).
 * @throws EngineError engine/bad-attribute, engine/shape-mismatch
 */
export function parseEquation(c: ShapeContext): Equation {
  const text = String(c.attributes.equation ?? '').replaceAll(' ', '')
  const [left, right, ...more] = text.split('->')
  const terms = (left ?? '').split(',')
  const wrong = (what: string): EngineError =>
    new EngineError('engine/bad-attribute', `${c.where}: the equation "${text}" ${what}`, 'See numpy.einsum.')
  if (more.length > 0 || terms.length !== c.inputs.length)
    throw wrong(`does not name ${c.inputs.length} operands`)
  const inputs = terms.map((term, i) => labelsOf(term, inputAt(c, i).shape.length, wrong))
  const seen = inputs.flat()
  const ellipsis = [...new Set(seen.filter((l) => l.startsWith('.')))].sort().reverse()
  const once = [...new Set(seen)].filter((l) => !l.startsWith('.') && seen.indexOf(l) === seen.lastIndexOf(l))
  const output =
    right === undefined
      ? [...ellipsis, ...once.sort()]
      : labelsOf(right, right.replace('...', '').length + ellipsis.length, wrong)
  if (new Set(output).size !== output.length || output.some((l) => !seen.includes(l)))
    throw wrong('repeats an output axis or names one that no operand has')
  return { inputs, output }
}

function labelsOf(term: string, rank: number, wrong: (what: string) => EngineError): string[] {
  const [before, after, ...more] = term.split('...')
  const letters = [...(before ?? ''), ...(after ?? '')]
  if (more.length > 0 || letters.some((l) => !/[A-Za-z]/.test(l))) throw wrong('is not well formed')
  const hidden = rank - letters.length
  if (after === undefined ? hidden !== 0 : hidden < 0)
    throw wrong(`names ${letters.length} axes where an operand has ${rank}`)
  const ellipsis = Array.from({ length: after === undefined ? 0 : hidden }, (_, i) =>
    ellipsisLabel(hidden - i),
  )
  return [...(before ?? ''), ...ellipsis, ...(after ?? '')]
}

/** The size of every label; axes of an ellipsis broadcast. */
export function labelSizes(c: ShapeContext, { inputs }: Equation): Map<string, Dim> {
  const sizes = new Map<string, Dim>()
  inputs.forEach((labels, i) => {
    labels.forEach((label, axis) => {
      const [size, before] = [inputAt(c, i).shape[axis]!, sizes.get(label)]
      sizes.set(label, before === undefined ? size : broadcastShapes([before], [size], c.where)[0]!)
    })
  })
  return sizes
}

const einsum: ShapeRule = (c) => {
  const first = inputAt(c, 0)
  for (let i = 1; i < c.inputs.length; i++) expectSame(c, first, inputAt(c, i))
  const equation = parseEquation(c)
  const sizes = labelSizes(c, equation)
  for (const [i, labels] of equation.inputs.entries()) {
    const shape = inputAt(c, i).shape
    if (labels.some((l, axis) => labels.some((m, b) => l === m && shape[axis] !== shape[b])))
      throw mismatch(c.where, `a diagonal of ${showShape(shape)} needs equal sizes`, 'Use a square operand.')
  }
  return [{ dtype: first.dtype, shape: equation.output.map((l) => sizes.get(l)!) }]
}

export const einsums = { Einsum: einsum } satisfies Record<string, ShapeRule>
