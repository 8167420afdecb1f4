/** @file Training graphs loaded into a runtime. */
import type { Tensor, TensorData } from '../graph/tensor.ts'
import type { Loss } from '../loss/loss.ts'
import type { Module } from '../nn/module.ts'
import { writeModel } from '../onnx/write.ts'
import type { ClipOptions } from '../optim/clip.ts'
import type { Optimiser } from '../optim/optimiser.ts'
import { mergePlacements } from '../runtime/placement.ts'
import type { OpPlacement, ProviderReport, Runtime, Session } from '../runtime/session.ts'
import type { Batches } from './batches.ts'
import { channelBlockOf } from './channel-block.ts'
import { diagnose } from './diagnose.ts'
import type { Fields } from './fields.ts'
import { carriedOf, stepsGraph } from './graphs.ts'
import type { Layout, Vectors } from './layout.ts'

export interface CompileOptions {
  readonly model: Module
  readonly layout: Layout
  readonly runtime: Runtime
  readonly fields: Fields
  readonly loss: Loss
  readonly optimiser: Optimiser
  readonly scale: number
  readonly batchSize: number
  readonly accumulate: number
  readonly clip?: ClipOptions
  readonly ema?: { readonly decay: number }
  readonly seed: number
  /** Samples of an epoch, where that is known. */
  readonly count: number | null
  /** Samples that every call is given; null where that differs. */
  readonly resident: number | null
}

export interface StepsInput extends Batches {
  /** Steps done before, counted from the start of training. */
  readonly step: number
  readonly rates: Float32Array
  readonly vectors: Vectors
}

export interface StepsOutput {
  readonly vectors: Vectors
  /** One a step, each before its update. */
  readonly losses: Float32Array
}

export interface Compiled {
  readonly provider: ProviderReport
  /** Of the training steps, the validation left out. */
  placement(): Promise<readonly OpPlacement[] | null>
  steps(input: StepsInput): Promise<StepsOutput>
  /** Says where the first step of `input` gets a loss that is not finite. */
  explain(input: StepsInput): Promise<string>
  release(): Promise<void>
}

export const floats = (data: Float32Array): Tensor => ({ dtype: 'float32', shape: [data.length], data })
export const int64 = (value: number): Tensor => ({
  dtype: 'int64',
  shape: [],
  data: BigInt64Array.of(BigInt(value)),
})

/** Loads a graph for full batches and one for the smaller last batch, where it is known now; else when it comes. */
export async function compile(o: CompileOptions): Promise<Compiled> {
  const sessions = new Map<number, Session>()
  const block = await channelBlockOf(o.runtime)
  const sessionOf = async (batch: number): Promise<Session> => {
    const known = sessions.get(batch)
    if (known) return known
    const parts = partsOf(batch, o.batchSize / o.accumulate)
    const graph = stepsGraph({ ...o, samplesCount: o.resident, batch, parts, block })
    const session = await o.runtime.createSession(writeModel(graph))
    sessions.set(batch, session)
    return session
  }
  const first = await sessionOf(o.batchSize)
  const last = (o.count ?? 0) % o.batchSize
  if (last > 0) await sessionOf(last)
  const names = carriedOf(o).map(({ name }) => name)
  const given = o.layout.frozen.length > 0 ? ['frozen', ...names] : names
  return {
    get provider() {
      return first.provider
    },
    placement: async () =>
      mergePlacements(await Promise.all([...sessions.values()].map((session) => session.placement()))),
    async steps({ order, batch, step, rates, vectors, data }) {
      const session = await sessionOf(batch)
      const results = await session.run({
        ...data,
        steps: int64(rates.length),
        step: int64(step),
        order: { dtype: 'int32', shape: [rates.length, batch], data: order },
        rates: floats(rates),
        ...Object.fromEntries(given.map((name) => [name, floats(vectors[name]!)])),
      })
      const result = (name: string): Float32Array => results[name]!.data as Float32Array
      const changed = Object.fromEntries(names.map((name) => [name, result(`${name}_out`)]))
      return { vectors: { ...vectors, ...changed }, losses: result('losses') }
    },
    explain: (input) => explain(o, input),
    async release() {
      await Promise.all([...sessions.values()].map((s) => s.release()))
    },
  }
}

/** Where the first step of `input` goes wrong. */
export const explain = (
  o: Pick<CompileOptions, 'model' | 'loss' | 'runtime' | 'fields' | 'scale' | 'layout' | 'seed'>,
  { order, batch, step, vectors, data }: StepsInput,
): Promise<string> =>
  diagnose({ ...o, data: rowsOf(data, order.subarray(0, batch)), step: step + 1, vectors })

/** The rows of tensors that `rows` names, copied. */
export const rowsOf = (data: Readonly<Record<string, Tensor>>, rows: Int32Array): Record<string, Tensor> =>
  Object.fromEntries(
    Object.entries(data).map(([name, { dtype, shape, data: all }]) => {
      const size = shape.slice(1).reduce((a, b) => a * b, 1)
      const values = all as Float32Array
      const picked = values.slice(0, 0).constructor as new (n: number) => Float32Array
      const out = new picked(rows.length * size)
      rows.forEach((row, i) => {
        out.set(values.subarray(row * size, (row + 1) * size), i * size)
      })
      return [name, { dtype, shape: [rows.length, ...shape.slice(1)], data: out as TensorData }]
    }),
  )

/** The fewest equal parts of a batch that are no larger than `most`. */
export function partsOf(batch: number, most: number): number {
  let parts = Math.ceil(batch / most)
  while (batch % parts !== 0) parts++
  return parts
}
