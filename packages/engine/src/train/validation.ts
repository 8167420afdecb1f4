/** @file Measures a model on validation data after an epoch. */
import { isStatic, type Shape, sizeOf, type Tensor } from '../graph/tensor.ts'
import { summarise } from '../nn/summary.ts'
import { writeModel } from '../onnx/write.ts'
import type { Session } from '../runtime/session.ts'
import type { CompileOptions } from './compiled.ts'
import { labelsTensor, samplesTensor, samplesType } from './data.ts'
import { evaluationGraph, validationGraph } from './graphs.ts'
import type { Vectors } from './layout.ts'
import { evaluateLogits } from './metrics.ts'

export interface Validated {
  /** The training loss's formula, on all validation samples. */
  readonly loss: number
  /** Correct over all that count, 0 to 1; NaN where the model gives no class scores. */
  readonly accuracy: number
}

export interface Validation {
  measure(vectors: Vectors): Promise<Validated>
  release(): Promise<void>
}

/** Samples a call: enough to keep the processor busy, few enough to keep the memory small. */
const chunk = 250
/** Outputs a call, which keeps the memory small where one sample has many. */
const outputsPerCall = 2 ** 21

export async function loadValidation(o: Omit<CompileOptions, 'validation'>): Promise<Validation> {
  const { data, targets } = o
  const options = { ...o, sampleShape: data.sampleShape, samplesType: samplesType(data.samples) }
  const plain = o.loss.name === 'crossEntropy' && o.loss.settings === undefined && targets.shape.length === 0
  const session = await o.runtime.createSession(
    writeModel(plain ? evaluationGraph(options) : validationGraph(options)),
  )
  const { outputShape } = summarise(o.model, data.sampleShape, {
    inputType: options.samplesType === 'int32' ? 'int64' : 'float32',
  })
  return {
    measure: (vectors) =>
      (plain ? classify : judge)(session, o, weightFeeds(session, vectors), rowsPerCall(outputShape)),
    release: () => session.release(),
  }
}

const rowsPerCall = (outputShape: Shape): number =>
  Math.max(
    1,
    Math.min(chunk, isStatic(outputShape) ? Math.floor(outputsPerCall / sizeOf(outputShape)) : chunk),
  )

function weightFeeds(session: Session, vectors: Vectors): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(vectors)
      .filter(([name]) => session.inputNames.includes(name))
      .map(([name, data]) => [name, { dtype: 'float32', shape: [data.length], data }]),
  )
}

type Options = Omit<CompileOptions, 'validation'>

async function classify(
  session: Session,
  { data, targets }: Options,
  weights: Record<string, Tensor>,
  rows: number,
): Promise<Validated> {
  const classes = targets.kind === 'classes' ? targets.classes : 0
  const size = sizeOf(data.sampleShape)
  const count = data.samples.length / size
  const logits = new Float32Array(count * classes)
  for (let at = 0; at < count; at += rows) {
    const part = data.samples.subarray(at * size, Math.min(at + rows, count) * size)
    const results = await session.run({ samples: samplesTensor(part, size), ...weights })
    logits.set(results.logits!.data as Float32Array, at * classes)
  }
  return evaluateLogits(logits, data.labels, classes)
}

async function judge(
  session: Session,
  { data, targets }: Options,
  weights: Record<string, Tensor>,
  rows: number,
): Promise<Validated> {
  const size = sizeOf(data.sampleShape)
  const each = sizeOf(targets.shape)
  const count = data.samples.length / size
  const ignore = targets.kind === 'classes' ? targets.ignore : undefined
  let [loss, weight, correct, counted] = [0, 0, 0, 0]
  for (let at = 0; at < count; at += rows) {
    const end = Math.min(at + rows, count)
    const labels = data.labels.subarray(at * each, end * each)
    const results = await session.run({
      samples: samplesTensor(data.samples.subarray(at * size, end * size), size),
      labels: labelsTensor(labels, targets),
      ...weights,
    })
    const w = results.weight ? Number(results.weight.data[0]) : end - at
    loss += Number(results.loss!.data[0]) * w
    weight += w
    labels.forEach((label, i) => {
      if (!results.predicted || label === ignore) return
      counted++
      if (Number(results.predicted.data[i]) === label) correct++
    })
  }
  return { loss: loss / weight, accuracy: counted === 0 ? Number.NaN : correct / counted }
}
