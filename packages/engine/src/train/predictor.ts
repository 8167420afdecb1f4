/** @file Uses a trained ONNX file: class scores of many samples, accuracy on labelled ones. */
import { EngineError } from '../errors.ts'
import { type Dim, isStatic, type Shape, showShape, sizeOf } from '../graph/tensor.ts'
import { readModel } from '../onnx/read.ts'
import { writeModel } from '../onnx/write.ts'
import type { ProviderReport, Runtime, Session } from '../runtime/session.ts'
import { checkDataset } from './data.ts'
import type { Dataset } from './dataset.ts'
import { classesOf, classTargets } from './fields.ts'
import { type Evaluation, evaluateLogits } from './metrics.ts'

export interface Prediction {
  /** Row-major [count, classes]. */
  readonly logits: Float32Array
  readonly classes: number
  readonly count: number
}

export interface Predictor {
  /** The input's shape; its first axis is the batch. */
  readonly inputShape: Shape
  readonly classes: number
  readonly provider: ProviderReport
  /** @throws EngineError engine/bad-data when the values are not whole samples */
  predict(samples: Dataset['samples']): Promise<Prediction>
  /** Of a classifier of two classes or more. @throws EngineError engine/bad-data */
  evaluate(data: Dataset): Promise<Evaluation>
  release(): Promise<void>
}

/** Samples a call: enough to keep the processor busy, few enough to keep the memory small. */
const chunk = 250

/**
 * Opens a model with one float32 input [N, …] and a row of class scores, or values, as its first output. `scale` multiplies the
 * samples first (1/255 for pictures in bytes).
 * @throws EngineError engine/bad-model, engine/unsupported-model, engine/shape-mismatch, engine/runtime
 */
export async function loadPredictor(
  runtime: Runtime,
  bytes: Uint8Array,
  { scale = 1 }: { scale?: number } = {},
): Promise<Predictor> {
  const model = readModel(bytes)
  const [input, ...others] = model.inputs
  const sample: readonly Dim[] = input?.shape.slice(1) ?? []
  if (input === undefined || others.length > 0 || input.dtype !== 'float32' || !isStatic(sample)) {
    throw new EngineError(
      'engine/unsupported-model',
      'a predictor needs a model with one float32 input of known sample shape',
      'Export the model with exportInference.',
    )
  }
  const classes = classesOf(model.outputs[0]!.shape.slice(1))
  // Written anew: only what the reader understood and checked reaches native code.
  const session = await runtime.createSession(writeModel(model))
  const predict = (samples: Dataset['samples']) =>
    predictAll(
      session,
      { input: model.inputNames[0]!, output: model.outputNames[0]! },
      samples,
      sample,
      classes,
      scale,
    )
  return {
    inputShape: input.shape,
    classes,
    get provider() {
      return session.provider
    },
    predict,
    async evaluate(data) {
      if (classes === 1)
        throw new EngineError(
          'engine/bad-data',
          'the model gives one value per sample: it is no classifier, and has no accuracy',
          'Take `predict` and compare the values, or give the trainer validation data and metrics.',
        )
      checkDataset(data, classTargets(classes), 'evaluation')
      if (showShape(data.sampleShape) !== showShape(sample)) {
        throw new EngineError(
          'engine/bad-data',
          `the samples are ${showShape(data.sampleShape)}, the model takes ${showShape(sample)}`,
          'Evaluate on data of the same kind.',
        )
      }
      const { logits } = await predict(data.samples)
      return evaluateLogits(logits, data.labels, classes)
    },
    release: () => session.release(),
  }
}

async function predictAll(
  session: Session,
  names: { input: string; output: string },
  samples: Dataset['samples'],
  sampleShape: readonly number[],
  classes: number,
  scale: number,
): Promise<Prediction> {
  const size = sizeOf(sampleShape)
  if (samples.length === 0 || samples.length % size !== 0) {
    throw new EngineError(
      'engine/bad-data',
      `${samples.length} values are not whole samples of ${size}`,
      `Give a multiple of ${size} values.`,
    )
  }
  const count = samples.length / size
  const logits = new Float32Array(count * classes)
  for (let at = 0; at < count; at += chunk) {
    const n = Math.min(chunk, count - at)
    const part = samples.subarray(at * size, (at + n) * size)
    const data = scaled(part, scale)
    const results = await session.run(
      { [names.input]: { dtype: 'float32', shape: [n, ...sampleShape], data } },
      [names.output],
    )
    logits.set(results[names.output]!.data as Float32Array, at * classes)
  }
  return { logits, classes, count }
}

function scaled(part: Dataset['samples'], scale: number): Float32Array {
  if (part instanceof Float32Array && scale === 1) return part
  const data = new Float32Array(part.length)
  for (let i = 0; i < part.length; i++) data[i] = part[i]! * scale
  return data
}
