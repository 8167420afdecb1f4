/** @file The training of a model as one graph, for runtimes that are told themselves what to run. */
import type { Model } from '../graph/types.ts'
import { crossEntropy } from '../loss/cross-entropy.ts'
import type { Loss } from '../loss/loss.ts'
import type { Module } from '../nn/module.ts'
import { adam } from '../optim/adam.ts'
import { type ClipOptions, checkClip } from '../optim/clip.ts'
import type { Optimiser } from '../optim/optimiser.ts'
import { type Field, summaryOf, targetsOf } from './fields.ts'
import { stepsGraph } from './graphs.ts'
import { layoutOf } from './layout.ts'

export interface TrainingGraphOptions {
  readonly model: Module
  /** The shape of a sample, without the batch axis. */
  readonly sampleShape: readonly number[]
  /** int32 for tokens; uint8 is made float32 in the graph. */
  readonly sampleType?: Field['dtype']
  readonly batchSize: number
  readonly loss?: Loss
  readonly optimiser?: Optimiser
  readonly clip?: ClipOptions
  /** Multiplies the samples in the graph: 1/255 for pictures in bytes. */
  readonly scale?: number
  readonly seed?: number
}

/**
 * The training steps of a model as an ONNX graph: forward, loss, gradients and update inside a Loop. Inputs: `steps` and
 * `step` int64 (how many, how many were done), `samples` [count, size], `labels` [count, …], `order` int32
 * [steps, batchSize] (rows of the data), `rates` float32 [steps], the flat vectors `parameters`, `slot0`, … Outputs: the
 * vectors after the last step (`parameters_out`, …) and `losses` [steps]. `createTrainer` runs the same graph.
 * @throws EngineError engine/shape-mismatch, engine/gradient-not-supported, engine/not-differentiable, engine/bad-options
 * @example
 * writeFileSync('training.onnx', writeModel(trainingGraph({ model, sampleShape: [1, 28, 28], batchSize: 64 })))
 */
export function trainingGraph({
  model,
  sampleShape,
  sampleType = 'float32',
  batchSize,
  loss = crossEntropy(),
  optimiser = adam(),
  clip,
  scale = 1,
  seed = 0,
}: TrainingGraphOptions): Model {
  if (clip) checkClip(clip)
  const inputs: Field[] = [{ name: 'samples', key: '', dtype: sampleType, shape: sampleShape }]
  const targets = targetsOf(loss, summaryOf(model, inputs, optimiser.slots))
  return stepsGraph({
    model,
    layout: layoutOf(model, optimiser),
    loss,
    optimiser,
    fields: { inputs, targets },
    samplesCount: null,
    scale,
    batch: batchSize,
    parts: 1,
    seed,
    ...(clip ? { clip } : {}),
  })
}
