/** @file The names that a model's author uses: `import { nn } from '@capstan/engine'`. */
export type { Value } from '../graph/types.ts'
export { type AttentionOptions, multiHeadAttention, paddingMask } from './attention.ts'
export {
  avgPool1d,
  avgPool2d,
  avgPool3d,
  type Conv2dOptions,
  type ConvOptions,
  type ConvTransposedOptions,
  conv1d,
  conv2d,
  conv3d,
  convTransposed1d,
  convTransposed2d,
  convTransposed3d,
  maxPool1d,
  maxPool2d,
  maxPool3d,
  type PoolOptions,
} from './convolution.ts'
export { dropout } from './dropout.ts'
export {
  elu,
  embedding,
  flatten,
  gelu,
  globalAvgPool2d,
  globalMaxPool2d,
  hardSwish,
  leakyRelu,
  linear,
  logSoftmax,
  mish,
  relu,
  residual,
  sequential,
  sigmoid,
  silu,
  softmax,
  softplus,
  tanh,
} from './layers.ts'
export { addLora, type LoraOptions, mergeLora } from './lora.ts'
export { head, Module, Parameter, parameterValue } from './module.ts'
export { batchNorm, groupNorm, instanceNorm, layerNorm, rmsNorm } from './norms.ts'
export { gru, lstm, type RecurrentOptions, rnn } from './recurrent.ts'
export { readSafetensors, writeSafetensors } from './safetensors.ts'
export {
  freeze,
  initialise,
  loadStateDict,
  type StateDict,
  type StateEntry,
  stateDict,
  unfreeze,
} from './state.ts'
export { type TransformerOptions, transformerDecoder, transformerEncoder } from './transformer.ts'
