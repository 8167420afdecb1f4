/** @file What a shape rule gets, with the checked ways to read inputs, attributes and constants. */
import { EngineError } from '../../errors.ts'
import { type DType, dtypes, numbersOf, type Shape, showShape } from '../tensor.ts'
import type { Attributes, Value } from '../types.ts'

export interface ShapeContext {
  /** For messages: the layer and the op, such as `fc1 (Gemm)`. */
  readonly where: string
  readonly inputs: readonly (Value | null)[]
  readonly attributes: Attributes
  readonly outputCount: number
}

export interface ValueType {
  readonly dtype: DType
  readonly shape: Shape
}

export type ShapeRule = (context: ShapeContext) => readonly ValueType[]

export const mismatch = (where: string, what: string, hint: string): EngineError =>
  new EngineError('engine/shape-mismatch', `${where}: ${what}`, hint)

export function inputAt({ where, inputs }: ShapeContext, i: number): Value {
  const value = inputs[i]
  if (value === undefined || value === null) {
    throw new EngineError(
      'engine/bad-attribute',
      `${where}: input ${i} is missing`,
      'Give every required input.',
    )
  }
  return value
}

/** Input `i`, which must have `rank` axes. */
export function ranked(context: ShapeContext, i: number, rank: number): Value {
  const value = inputAt(context, i)
  if (value.shape.length !== rank) {
    throw mismatch(
      context.where,
      `input ${i} needs ${rank} axes, got ${showShape(value.shape)}`,
      `Reshape it to ${rank} axes.`,
    )
  }
  return value
}

export function expectSame(context: ShapeContext, a: Value, b: Value): void {
  if (a.dtype === b.dtype) return
  throw new EngineError(
    'engine/type-mismatch',
    `${context.where}: cannot combine ${a.dtype} with ${b.dtype}`,
    'Cast one of them so that both have the same type.',
  )
}

export function expectFloat(context: ShapeContext, value: Value): void {
  if (dtypes[value.dtype].float) return
  throw new EngineError(
    'engine/type-mismatch',
    `${context.where}: needs float values, got ${value.dtype}`,
    'Cast them to float32 first.',
  )
}

const bad = (where: string, what: string): EngineError =>
  new EngineError('engine/bad-attribute', `${where}: ${what}`, 'See the op in the ONNX operator list.')

export function intAttribute({ where, attributes }: ShapeContext, name: string, fallback?: number): number {
  const a = attributes[name] ?? fallback
  if (typeof a !== 'number' || !Number.isSafeInteger(a))
    throw bad(where, `the attribute ${name} must be a whole number`)
  return a
}

export function intsAttribute(
  { where, attributes }: ShapeContext,
  name: string,
  fallback?: readonly number[],
): readonly number[] {
  const a = attributes[name] ?? fallback
  if (!Array.isArray(a) || !a.every(Number.isSafeInteger))
    throw bad(where, `the attribute ${name} must be a list of whole numbers`)
  return a
}

/** The content of a constant input (axes, a target shape) as numbers; null where it is known only at run time. */
export function constantNumbers(value: Value | null | undefined): readonly number[] | null {
  return value?.constant ? numbersOf(value.constant) : null
}

/** Like `constantNumbers`, for inputs whose content decides the shape. */
export function requiredNumbers(context: ShapeContext, i: number): readonly number[] {
  const numbers = constantNumbers(context.inputs[i])
  if (numbers === null) throw bad(context.where, `input ${i} must be a constant`)
  return numbers
}

/** An axis counted from either end, as 0 to rank-1. */
export function axisOf(context: ShapeContext, axis: number, rank: number): number {
  const a = axis < 0 ? axis + rank : axis
  if (a < 0 || a >= rank || !Number.isSafeInteger(a))
    throw bad(context.where, `axis ${axis} is outside the ${rank} axes`)
  return a
}
