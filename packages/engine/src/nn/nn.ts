/** @file The names that a model's author uses: `import { nn } from '@capstan/engine'`. */
export type { Value } from '../graph/types.ts'
export {
  avgPool2d,
  type Conv2dOptions,
  conv2d,
  flatten,
  globalAvgPool2d,
  linear,
  maxPool2d,
  relu,
  sequential,
  sigmoid,
  softmax,
  tanh,
} from './layers.ts'
export { Module, Parameter } from './module.ts'
export {
  freeze,
  initialise,
  loadStateDict,
  type StateDict,
  type StateEntry,
  stateDict,
  unfreeze,
} from './state.ts'
