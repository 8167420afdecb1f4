/** @file Public entry for Node: the runtime, and models in files. */
export { externalIn, readModelFile } from './onnx/file.ts'
export * from './runtime/node.ts'
export { startWorkers, type Workers, type WorkersOptions } from './runtime/workers.ts'
