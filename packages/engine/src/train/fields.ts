/** @file The named arrays that samples are made of, and how they enter a graph. */
import { EngineError } from '../errors.ts'
import { type DType, type Shape, showShape, sizeOf, type Tensor } from '../graph/tensor.ts'
import { type Loss, partsOf, type Targets } from '../loss/loss.ts'
import type { Module } from '../nn/module.ts'
import { type ModelSummary, summarise } from '../nn/summary.ts'
import { type Column, type ColumnType, type Dataset, isStream, type StreamedData } from './dataset.ts'

/** One column a field, by the field's name. */
export type Columns = Readonly<Record<string, Column>>

/** One input of a model's forward. */
export interface Field {
  /** In graphs. */
  readonly name: string
  /** In data sets; empty for the first input, `samples`. */
  readonly key: string
  /** int32 stands for whole numbers (tokens), which stay whole; uint8 becomes float32 in the graph. */
  readonly dtype: ColumnType
  readonly shape: readonly number[]
}

export interface TargetField {
  readonly name: string
  /** In data sets; empty for `labels`. */
  readonly key: string
  readonly targets: Targets
}

export interface Fields {
  readonly inputs: readonly Field[]
  readonly targets: readonly TargetField[]
}

const arrays = { uint8: Uint8Array, int32: Int32Array, float32: Float32Array } as const

export const columnType = (column: Column): ColumnType =>
  column instanceof Uint8Array ? 'uint8' : column instanceof Int32Array ? 'int32' : 'float32'

export const newColumn = (type: ColumnType, length: number): Column => new arrays[type](length)

/** The type in which a model sees a field: int64 for tokens, as exported models take them. */
export const inputTypeOf = ({ dtype }: Pick<Field, 'dtype'>): DType =>
  dtype === 'int32' ? 'int64' : 'float32'

export const targetType = ({ kind }: Targets): 'int32' | 'float32' =>
  kind === 'classes' ? 'int32' : 'float32'

/** The inputs that a data set declares. */
export function inputsOf(data: Dataset | StreamedData): Field[] {
  const first = {
    name: 'samples',
    key: '',
    dtype: isStream(data) ? data.sampleType : columnType(data.samples),
    shape: data.sampleShape,
  }
  const more = isStream(data)
    ? Object.entries(data.inputs ?? {}).map(([key, { type, shape }]) => ({ key, dtype: type, shape }))
    : Object.entries(data.inputs ?? {}).map(([key, v]) => ({
        key,
        dtype: columnType(v.data),
        shape: v.shape,
      }))
  return [first, ...more.map((f) => ({ ...f, name: `input_${f.key}` }))]
}

/** What the loss asks for, for a model of these results. @throws EngineError engine/shape-mismatch, engine/bad-options */
export function targetsOf(
  loss: Loss,
  { outputShape, heads }: Pick<ModelSummary, 'outputShape' | 'heads'>,
  /** Labels a sample in the data set, where that is known. */
  given?: number,
): TargetField[] {
  return partsOf(loss).map((part) => {
    const shape = part.head === null ? outputShape : heads[part.head]
    if (shape === undefined) {
      throw new EngineError(
        'engine/bad-options',
        `the loss of ${part.target ?? 'the labels'} judges ${part.head}, but the model gives ${Object.keys(heads).join(', ') || 'one result alone'}`,
        `Name it in forward: nn.head('${part.head}', value).`,
      )
    }
    const targets = part.loss.targets?.(shape) ?? classTargets(classesOf(shape))
    // One label a sample asks for one row of scores a sample.
    if (targets.kind === 'classes' && given === 1 && part.target === null && sizeOf(targets.shape) !== 1)
      classesOf(shape)
    return part.target === null
      ? { name: 'labels', key: '', targets }
      : { name: `target_${part.target}`, key: part.target, targets }
  })
}

/** Targets of a classifier: one class number a sample. */
export const classTargets = (classes: number): Targets => ({ kind: 'classes', shape: [], classes })

/** Traces the model on these inputs. @throws EngineError engine/shape-mismatch */
export const summaryOf = (model: Module, inputs: readonly Field[], slots: number): ModelSummary =>
  summarise(model, inputs[0]!.shape, {
    slots,
    inputType: inputTypeOf(inputs[0]!),
    more: inputs.slice(1).map((f) => ({ name: f.key, dtype: inputTypeOf(f), shape: f.shape })),
  })

/** Values of one sample in each column. */
export const sizesOf = ({ inputs, targets }: Fields): Map<string, number> =>
  new Map([
    ...inputs.map((f) => [f.name, sizeOf(f.shape)] as const),
    ...targets.map((f) => [f.name, sizeOf(f.targets.shape)] as const),
  ])

/** Bytes that one sample takes. */
export const bytesOf = ({ inputs, targets }: Fields): number =>
  inputs.reduce((n, f) => n + sizeOf(f.shape) * (f.dtype === 'uint8' ? 1 : 4), 0) +
  targets.reduce((n, f) => n + sizeOf(f.targets.shape) * 4, 0)

/** Empty columns for so many samples, each of the type that the graph takes. */
export const newColumns = ({ inputs, targets }: Fields, count: number): Record<string, Column> =>
  Object.fromEntries([
    ...inputs.map((f) => [f.name, newColumn(f.dtype, count * sizeOf(f.shape))]),
    ...targets.map((f) => [f.name, newColumn(targetType(f.targets), count * sizeOf(f.targets.shape))]),
  ])

/** Samples `from` to `to` of columns, without copying. */
export function part(columns: Columns, fields: Fields, from: number, to: number): Record<string, Column> {
  const sizes = sizesOf(fields)
  return Object.fromEntries(
    Object.entries(columns).map(([name, c]) => {
      const size = sizes.get(name)!
      return [name, c.subarray(from * size, to * size)]
    }),
  )
}

/** Columns as the inputs of a graph, without copying. */
export function feedsOf(columns: Columns, { inputs, targets }: Fields): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {}
  for (const { name, dtype, shape } of inputs) {
    const data = columns[name]!
    feeds[name] = { dtype, shape: [data.length / sizeOf(shape), sizeOf(shape)], data }
  }
  for (const { name, targets: t } of targets) {
    const data = columns[name]!
    feeds[name] = { dtype: targetType(t), shape: [data.length / sizeOf(t.shape), ...t.shape], data }
  }
  return feeds
}

/** @throws EngineError engine/bad-data where two data sets do not have the same inputs */
export function expectSameInputs(training: readonly Field[], validation: readonly Field[]): void {
  const show = (fields: readonly Field[]): string =>
    fields.map((f) => `${f.key === '' ? '' : `${f.key} `}${showShape(f.shape as Shape)}`).join(', ')
  if (show(training) === show(validation)) return
  throw new EngineError(
    'engine/bad-data',
    `validation samples are ${show(validation)}, training samples ${show(training)}`,
    'Give both the same shape.',
  )
}

/** The number of classes a model tells apart. @throws EngineError engine/shape-mismatch */
export function classesOf(outputShape: Shape): number {
  const [classes, ...rest] = outputShape
  if (typeof classes === 'number' && rest.length === 0) return classes
  throw new EngineError(
    'engine/shape-mismatch',
    `the model gives ${showShape(['N', ...outputShape])}; one row of class scores per sample is needed`,
    'Flatten, then end the model with a linear layer of as many outputs as there are classes.',
  )
}
