/** @file Reads the four IDX files of a data set and takes them apart into train, validation and test. */
import { CapstanError, type DatasetVersion, localText } from '@capstan/api'
import {
  decodeIdx,
  type LabelledImages,
  type Message,
  pairImages,
  type Result,
  stratifiedSplit,
} from '@capstan/domain'

type FileRole = DatasetVersion['files'][number]['role']
export type FileBytes = Record<FileRole, Uint8Array>

export interface DatasetParts {
  train: LabelledImages
  test: LabelledImages
  /** Indices into `train` that training may learn from, and those kept for validation. */
  split: { train: Int32Array; validation: Int32Array }
}

/** @throws {CapstanError} `dataset/truncated`, `dataset/invalid` naming the file */
export function readParts(files: FileBytes, validationShare: number, splitSeed: number): DatasetParts {
  const train = pair(files, 'train-images', 'train-labels')
  const test = pair(files, 'test-images', 'test-labels')
  if (train.shape.join() !== test.shape.join()) {
    const detail = `its pictures are ${test.shape.join(' x ')}, those of train-images ${train.shape.join(' x ')}`
    throw new CapstanError('dataset/invalid', { file: 'test-images', detail })
  }
  return { train, test, split: stratifiedSplit(train.labels, { validationShare, seed: splitSeed }) }
}

/** Copies the chosen samples into one block, row by row. */
export function pick(from: LabelledImages, indices: Int32Array): { samples: Uint8Array; labels: Uint8Array } {
  const size = from.images.length / from.count
  const samples = new Uint8Array(indices.length * size)
  const labels = new Uint8Array(indices.length)
  indices.forEach((index, row) => {
    samples.set(from.images.subarray(index * size, (index + 1) * size), row * size)
    labels[row] = from.labels[index]!
  })
  return { samples, labels }
}

function pair(files: FileBytes, images: FileRole, labels: FileRole): LabelledImages {
  const tensors = {
    images: take(decodeIdx(files[images], images)),
    labels: take(decodeIdx(files[labels], labels)),
  }
  return take(pairImages(tensors.images, tensors.labels, { images, labels }))
}

function take<T>(result: Result<T>): T {
  if (result.ok) return result.value
  throw datasetError(result.refusal)
}

function datasetError(refusal: Message): CapstanError {
  const file = String(refusal.values.file ?? refusal.values.imagesFile ?? '')
  const code = refusal.code === 'idx.truncated' ? 'dataset/truncated' : 'dataset/invalid'
  return new CapstanError(code, { file, detail: localText(refusal) })
}
