/** @file Validates Open Inference Protocol v2 requests against a model's signature; shapes the response. */
import { accepted, message, type Result, refused } from '../messages/message.ts'
import { type Datatype, type FlatTensor, isDatatype, readTensor, showShape } from './tensor.ts'

/** -1 marks a size that may vary (the batch). */
export type TensorSpec = { name: string; datatype: Datatype; shape: number[] }

export type ModelSignature = { inputs: TensorSpec[]; outputs: TensorSpec[] }

export type InferRequest = {
  id?: string
  inputs: FlatTensor[]
  /** Names of the outputs to return: those asked for, or all. */
  outputs: string[]
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Reads a request body. Every input of the signature must be there once, with its datatype and a shape that
 * fits; sizes marked -1 may vary but must agree between inputs in their first axis. `maxElements` bounds a
 * tensor (default 16,777,216).
 */
export const readInferRequest = (
  body: unknown,
  signature: ModelSignature,
  { maxElements = 2 ** 24 }: { maxElements?: number } = {},
): Result<InferRequest> => {
  if (!isRecord(body)) return refused(message('infer.body', {}))
  if (body.id !== undefined && typeof body.id !== 'string') return refused(message('infer.id', {}))
  if (!Array.isArray(body.inputs) || body.inputs.length === 0) return refused(message('infer.inputs', {}))
  const outputs = readOutputs(body.outputs, signature)
  if (!outputs.ok) return outputs
  const inputs: FlatTensor[] = []
  for (const item of body.inputs as unknown[]) {
    const tensor = readInput(item, signature, maxElements)
    if (!tensor.ok) return tensor
    if (inputs.some((earlier) => earlier.name === tensor.value.name))
      return refused(message('infer.twice', { name: tensor.value.name }))
    inputs.push(tensor.value)
  }
  const missing = signature.inputs.find((spec) => !inputs.some((input) => input.name === spec.name))
  if (missing) return refused(message('infer.missing', { name: missing.name }))
  const batched = inputs.filter((input) => specOf(signature, input.name)!.shape[0] === -1)
  const odd = batched.find((input) => input.shape[0] !== batched[0]!.shape[0])
  if (odd)
    return refused(
      message('infer.batch', {
        name: odd.name,
        found: odd.shape[0]!,
        first: batched[0]!.name,
        expected: batched[0]!.shape[0]!,
      }),
    )
  return accepted({ ...(body.id === undefined ? {} : { id: body.id }), inputs, outputs: outputs.value })
}

const specOf = (signature: ModelSignature, name: string) =>
  signature.inputs.find((spec) => spec.name === name)

const names = (specs: readonly TensorSpec[]) => specs.map((spec) => spec.name).join(', ')

const readInput = (item: unknown, signature: ModelSignature, maxElements: number): Result<FlatTensor> => {
  if (!isRecord(item) || typeof item.name !== 'string') return refused(message('infer.inputs', {}))
  const { name, datatype, shape, data } = item
  const spec = specOf(signature, name)
  if (!spec) return refused(message('infer.unknown', { name, expected: names(signature.inputs) }))
  if (typeof datatype !== 'string' || !isDatatype(datatype) || datatype !== spec.datatype)
    return refused(
      message('infer.datatype', { name, expected: spec.datatype, found: String(datatype ?? 'none') }),
    )
  if (!isShape(shape)) return refused(message('infer.shape.bad', { name }))
  if (!fits(shape, spec.shape))
    return refused(message('infer.shape', { name, expected: showShape(spec.shape), found: showShape(shape) }))
  const count = shape.reduce((product, size) => product * size, 1)
  if (count > maxElements) return refused(message('infer.tooLarge', { name, count, limit: maxElements }))
  if (!Array.isArray(data)) return refused(message('infer.data', { name }))
  return readTensor(name, spec.datatype, shape, data)
}

const isShape = (shape: unknown): shape is number[] =>
  Array.isArray(shape) && shape.length <= 16 && shape.every((size) => Number.isInteger(size) && size > 0)

const fits = (shape: readonly number[], spec: readonly number[]): boolean =>
  shape.length === spec.length && spec.every((size, axis) => size === -1 || size === shape[axis])

const readOutputs = (outputs: unknown, signature: ModelSignature): Result<string[]> => {
  if (outputs === undefined) return accepted(signature.outputs.map((spec) => spec.name))
  if (!Array.isArray(outputs)) return refused(message('infer.outputs', {}))
  const wanted: string[] = []
  for (const item of outputs as unknown[]) {
    const name = isRecord(item) ? item.name : undefined
    if (typeof name !== 'string') return refused(message('infer.outputs', {}))
    if (!signature.outputs.some((spec) => spec.name === name))
      return refused(message('infer.unknownOutput', { name, expected: names(signature.outputs) }))
    if (!wanted.includes(name)) wanted.push(name)
  }
  return accepted(wanted.length > 0 ? wanted : signature.outputs.map((spec) => spec.name))
}

export type InferResponse = {
  model_name: string
  model_version?: string
  id?: string
  outputs: { name: string; datatype: Datatype; shape: number[]; data: (number | boolean)[] }[]
}

/** The response body: flat row-major data, the request's id echoed. */
export const inferResponse = (
  model: { name: string; version?: string },
  request: { id?: string },
  outputs: readonly FlatTensor[],
): InferResponse => ({
  model_name: model.name,
  ...(model.version === undefined ? {} : { model_version: model.version }),
  ...(request.id === undefined ? {} : { id: request.id }),
  outputs: outputs.map(({ name, datatype, shape, data }) => ({
    name,
    datatype,
    shape: [...shape],
    data: Array.from(data as ArrayLike<number | bigint>, (value) =>
      datatype === 'BOOL' ? Boolean(value) : Number(value),
    ),
  })),
})
