/** @file Public entry for Node: the runtime, and models in files. */
export { externalIn, readModelFile } from './onnx/file.ts'
export * from './runtime/node.ts'
