/** @file Public entry: differentiates ONNX graphs and trains them. */
export { gradients } from './autodiff/gradients.ts'
export { type OpEntry, opTable } from './autodiff/op-table.ts'
export { gradRules, notDifferentiable } from './autodiff/table.ts'
export { EngineError, type EngineErrorCode, engineErrors } from './errors.ts'
export { newGraph } from './graph/graph.ts'
export { type Ops, ops } from './graph/ops.ts'
export { type Dim, type DType, type Shape, type Tensor, tensor } from './graph/tensor.ts'
export type { Graph, Model, Node, Value } from './graph/types.ts'
export { type BinaryCrossEntropyOptions, binaryCrossEntropy } from './loss/binary-cross-entropy.ts'
export { type CrossEntropyOptions, crossEntropy } from './loss/cross-entropy.ts'
export { type CtcOptions, ctc } from './loss/ctc.ts'
export { klDivergence } from './loss/divergence.ts'
export { type JointPart, joint } from './loss/joint.ts'
export type { Loss, Targets } from './loss/loss.ts'
export { huber, meanAbsoluteError, meanSquaredError } from './loss/regression.ts'
export { contrastive, cosineDistance, cosineEmbedding } from './loss/similarity.ts'
export * as nn from './nn/nn.ts'
export { type LayerSummary, type ModelSummary, summarise } from './nn/summary.ts'
export type { ExternalData, ExternalPart } from './onnx/external.ts'
export { type ReadModel, type ReadOptions, readModel } from './onnx/read.ts'
export { writeModel } from './onnx/write.ts'
export { type AdagradOptions, adagrad } from './optim/adagrad.ts'
export { type AdamOptions, type AdamWOptions, adam, adamW } from './optim/adam.ts'
export { type LionOptions, lion } from './optim/lion.ts'
export { type Optimiser, type ParameterGroup, withGroups } from './optim/optimiser.ts'
export { type RmspropOptions, rmsprop } from './optim/rmsprop.ts'
export * as schedules from './optim/schedule.ts'
export { type SgdOptions, sgd } from './optim/sgd.ts'
export { type ImportOptions, importedModule, type NamePattern, trainable } from './pretrained/imported.ts'
export { permutation, type Random, seeded } from './random.ts'
export { describeProvider } from './runtime/placement.ts'
export type {
  NotUsed,
  Obstacle,
  OpPlacement,
  Provider,
  ProviderChoice,
  ProviderReport,
  Runtime,
  Session,
} from './runtime/session.ts'
export * as augment from './train/augment/index.ts'
export type { Column, ColumnType, Dataset, Shard, StreamedData } from './train/dataset.ts'
export {
  type EstimateOptions,
  estimateTraining,
  type OpEstimate,
  type TrainingEstimate,
} from './train/estimate/estimate.ts'
export {
  type DrawOptions,
  drawToken,
  type GenerateOptions,
  loadGenerator,
  type TokenGenerator,
} from './train/generator.ts'
export type {
  Callbacks,
  CheckpointEvery,
  EarlyStopping,
  EpochEvent,
  ProgressEvent,
  Schedule,
  TrainEvent,
  TrainResult,
} from './train/loop.ts'
export * as metrics from './train/metric.ts'
export { type Evaluation, evaluateLogits } from './train/metrics.ts'
export { loadPredictor, type Prediction, type Predictor } from './train/predictor.ts'
export { createTrainer, type Trainer, type TrainerOptions } from './train/trainer.ts'
export { type TrainingGraphOptions, trainingGraph } from './train/training-graph.ts'
export type { Validated } from './train/validation.ts'
