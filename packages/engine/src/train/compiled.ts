/** @file Training graphs loaded into a runtime, with the data bound to them. */
import type { Tensor } from '../graph/tensor.ts'
import { sizeOf } from '../graph/tensor.ts'
import type { Loss, Targets } from '../loss/loss.ts'
import type { Module } from '../nn/module.ts'
import { writeModel } from '../onnx/write.ts'
import type { ClipOptions } from '../optim/clip.ts'
import type { Optimiser } from '../optim/optimiser.ts'
import type { ProviderReport, Runtime, Session } from '../runtime/session.ts'
import { type Dataset, labelsTensor, samplesTensor, samplesType } from './data.ts'
import { diagnose } from './diagnose.ts'
import { carriedOf, stepsGraph } from './graphs.ts'
import type { Layout, Vectors } from './layout.ts'
import { loadValidation, type Validated } from './validation.ts'

export interface CompileOptions {
  readonly model: Module
  readonly layout: Layout
  readonly runtime: Runtime
  readonly data: Dataset
  readonly validation?: Dataset
  readonly loss: Loss
  readonly targets: Targets
  readonly optimiser: Optimiser
  readonly scale: number
  readonly batchSize: number
  readonly accumulate: number
  readonly clip?: ClipOptions
  readonly ema?: { readonly decay: number }
  readonly seed: number
  readonly count: number
}

export interface StepsInput {
  /** Sample numbers, [steps, batch]; all batches of one call have the same size. */
  readonly order: Int32Array
  readonly batch: number
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
  steps(input: StepsInput): Promise<StepsOutput>
  /** Says where the first step of `input` gets a loss that is not finite. */
  explain(input: StepsInput): Promise<string>
  /** Null without validation data. */
  validate(vectors: Vectors): Promise<Validated | null>
  release(): Promise<void>
}

const floats = (data: Float32Array): Tensor => ({ dtype: 'float32', shape: [data.length], data })
const int64 = (value: number): Tensor => ({
  dtype: 'int64',
  shape: [],
  data: BigInt64Array.of(BigInt(value)),
})

/** Loads a graph for full batches, one for the smaller last batch where there is one, and one for validation. */
export async function compile(o: CompileOptions): Promise<Compiled> {
  const size = sizeOf(o.data.sampleShape)
  const stepOptions = {
    ...o,
    sampleShape: o.data.sampleShape,
    samplesType: samplesType(o.data.samples),
    samplesCount: o.count,
  }
  const load = (batch: number): Promise<Session> =>
    o.runtime.createSession(
      writeModel(stepsGraph({ ...stepOptions, batch, parts: partsOf(batch, o.batchSize / o.accumulate) })),
    )
  const sessions = new Map([[o.batchSize, await load(o.batchSize)]])
  const last = o.count % o.batchSize
  if (last > 0) sessions.set(last, await load(last))
  const validation = o.validation && (await loadValidation({ ...o, data: o.validation }))
  const labels = labelsTensor(o.data.labels, o.targets)
  const fixed = { samples: samplesTensor(o.data.samples, size), labels }
  const names = carriedOf(o).map(({ name }) => name)
  const given = o.layout.frozen.length > 0 ? ['frozen', ...names] : names
  return {
    provider: sessions.get(o.batchSize)!.provider,
    async steps({ order, batch, step, rates, vectors }) {
      const results = await sessions.get(batch)!.run({
        ...fixed,
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
    async explain({ order, batch, step, vectors }) {
      const rows = order.subarray(0, batch)
      const each = sizeOf(o.targets.shape)
      return diagnose({
        ...o,
        sampleShape: o.data.sampleShape,
        samples: samplesTensor(picked(o.data.samples, rows, size), size),
        labels: labelsTensor(picked(labels.data as Int32Array | Float32Array, rows, each), o.targets),
        step: step + 1,
        vectors,
      })
    },
    validate: async (vectors) => (validation ? validation.measure(vectors) : null),
    async release() {
      await Promise.all([...sessions.values(), ...(validation ? [validation] : [])].map((s) => s.release()))
    },
  }
}

/** The fewest equal parts of a batch that are no larger than `most`. */
function partsOf(batch: number, most: number): number {
  let parts = Math.ceil(batch / most)
  while (batch % parts !== 0) parts++
  return parts
}

function picked<T extends Uint8Array | Float32Array | Int32Array>(
  data: T,
  rows: Int32Array,
  size: number,
): T {
  const part = data.slice(0, rows.length * size) as T
  rows.forEach((row, i) => {
    part.set(data.subarray(row * size, (row + 1) * size), i * size)
  })
  return part
}
