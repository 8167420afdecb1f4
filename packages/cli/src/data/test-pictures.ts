/** @file The test pictures of a data set version, read from the server that stores them. */
import { CapstanError, type Client, type DatasetVersion, localText } from '@capstan/api'
import { decodeIdx, type Message, pairImages } from '@capstan/domain'

export interface TestPictures {
  count: number
  /** Height and width. */
  shape: number[]
  /** Pixels 0..255 of one picture, row by row. */
  pixels(index: number): Uint8Array
  label(index: number): number
}

export async function testPictures(client: Client, version: DatasetVersion): Promise<TestPictures> {
  const [images, labels] = await Promise.all([
    blobOf(client, version, 'test-images'),
    blobOf(client, version, 'test-labels'),
  ])
  const imageTensor = decodeIdx(images, 'test-images')
  const labelTensor = decodeIdx(labels, 'test-labels')
  if (!imageTensor.ok) throw invalid('test-images', imageTensor.refusal)
  if (!labelTensor.ok) throw invalid('test-labels', labelTensor.refusal)
  const paired = pairImages(imageTensor.value, labelTensor.value, {
    images: 'test-images',
    labels: 'test-labels',
  })
  if (!paired.ok) throw invalid('test-images', paired.refusal)
  const { count, shape, images: all, labels: classes } = paired.value
  const size = shape.reduce((product, length) => product * length, 1)
  return {
    count,
    shape,
    pixels: (index) => all.subarray(index * size, (index + 1) * size),
    label: (index) => classes[index]!,
  }
}

async function blobOf(client: Client, version: DatasetVersion, role: string): Promise<Uint8Array> {
  const file = version.files.find((candidate) => candidate.role === role)
  if (file === undefined) throw new CapstanError('dataset/file-missing', { folder: version.id, file: role })
  return client.blobs.get({ params: { hash: file.blob } })
}

const invalid = (file: string, refusal: Message) =>
  new CapstanError('dataset/invalid', { file, detail: localText(refusal) })
