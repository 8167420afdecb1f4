/** @file Training graphs loaded into a runtime, with the data bound to them. */
import type { Tensor } from '../graph/tensor.ts'
import { sizeOf } from '../graph/tensor.ts'
import type { Loss } from '../loss/cross-entropy.ts'
import type { Module } from '../nn/module.ts'
import { writeModel } from '../onnx/write.ts'
import type { Optimiser } from '../optim/optimiser.ts'
import type { ProviderReport, Runtime, Session } from '../runtime/session.ts'
import { type Dataset, labelsTensor, samplesTensor, samplesType } from './data.ts'
import { diagnose } from './diagnose.ts'
import { evaluationGraph, stepsGraph } from './graphs.ts'
import { type Evaluation, evaluateLogits } from './metrics.ts'

export interface CompileOptions {
  readonly model: Module
  readonly runtime: Runtime
  readonly data: Dataset
  readonly validation?: Dataset
  readonly loss: Loss
  readonly optimiser: Optimiser
  readonly scale: number
  readonly batchSize: number
  readonly count: number
  readonly classes: number
}

export interface StepsInput {
  /** Sample numbers, [steps, batch]; all batches of one call have the same size. */
  readonly order: Int32Array
  readonly batch: number
  /** Steps done before, counted from the start of training. */
  readonly step: number
  readonly rates: Float32Array
  /** The parameters and the optimiser's slots. */
  readonly vectors: readonly Float32Array[]
}

export interface StepsOutput {
  readonly vectors: readonly Float32Array[]
  /** One a step, each before its update. */
  readonly losses: Float32Array
}

export interface Compiled {
  readonly provider: ProviderReport
  steps(input: StepsInput): Promise<StepsOutput>
  /** Says where the first step of `input` gets a loss that is not finite. */
  explain(input: StepsInput): Promise<string>
  /** Null without validation data. */
  validate(parameters: Float32Array): Promise<Evaluation | null>
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
    o.runtime.createSession(writeModel(stepsGraph({ ...stepOptions, batch })))
  const sessions = new Map([[o.batchSize, await load(o.batchSize)]])
  const last = o.count % o.batchSize
  if (last > 0) sessions.set(last, await load(last))
  const { validation } = o
  const evaluation =
    validation &&
    (await o.runtime.createSession(
      writeModel(evaluationGraph(o.model, o.data.sampleShape, samplesType(validation.samples), o.scale)),
    ))
  const fixed = { samples: samplesTensor(o.data.samples, size), labels: labelsTensor(o.data.labels) }
  const names = ['parameters', ...Array.from({ length: o.optimiser.slots }, (_, i) => `slot${i}`)]
  return {
    provider: sessions.get(o.batchSize)!.provider,
    async steps({ order, batch, step, rates, vectors }) {
      const results = await sessions.get(batch)!.run({
        ...fixed,
        steps: int64(rates.length),
        step: int64(step),
        order: { dtype: 'int32', shape: [rates.length, batch], data: order },
        rates: floats(rates),
        ...Object.fromEntries(names.map((name, i) => [name, floats(vectors[i]!)])),
      })
      const result = (name: string): Float32Array => results[name]!.data as Float32Array
      return { vectors: names.map((name) => result(`${name}_out`)), losses: result('losses') }
    },
    async explain({ order, batch, vectors }) {
      const rows = order.subarray(0, batch)
      const picked = new (o.data.samples instanceof Uint8Array ? Uint8Array : Float32Array)(batch * size)
      rows.forEach((row, i) => {
        picked.set(o.data.samples.subarray(row * size, (row + 1) * size), i * size)
      })
      return diagnose({
        ...o,
        sampleShape: o.data.sampleShape,
        samples: samplesTensor(picked, size),
        labels: labelsTensor(Int32Array.from(rows, (row) => o.data.labels[row]!)),
        parameters: floats(vectors[0]!),
      })
    },
    async validate(parameters) {
      if (!evaluation || !validation) return null
      const logits = await logitsOf(evaluation, validation.samples, size, parameters, o.classes)
      return evaluateLogits(logits, validation.labels, o.classes)
    },
    async release() {
      await Promise.all([...sessions.values(), ...(evaluation ? [evaluation] : [])].map((s) => s.release()))
    },
  }
}

/** Samples a call: enough to keep the processor busy, few enough to keep the memory small. */
const chunk = 250

async function logitsOf(
  session: Session,
  samples: Dataset['samples'],
  size: number,
  parameters: Float32Array,
  classes: number,
): Promise<Float32Array> {
  const count = samples.length / size
  const logits = new Float32Array(count * classes)
  for (let at = 0; at < count; at += chunk) {
    const part = samples.subarray(at * size, Math.min(at + chunk, count) * size)
    const results = await session.run({ samples: samplesTensor(part, size), parameters: floats(parameters) })
    logits.set(results.logits!.data as Float32Array, at * classes)
  }
  return logits
}
