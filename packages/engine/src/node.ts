/** @file Public entry for Node: the runtime, and models and checkpoints in files. */
export { externalIn, readModelFile } from './onnx/file.ts'
export * from './runtime/node.ts'
export { startWorkers, type Workers, type WorkersOptions } from './runtime/workers.ts'
export { loadCheckpoint, saveCheckpoint } from './train/checkpoint-file.ts'
