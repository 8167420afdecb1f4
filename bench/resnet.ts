/** @file A residual CNN on CIFAR-10, batch 64, SGD with momentum: pictures a second on 2 threads, against PyTorch (CPU). */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTrainer, nn, sgd, type Trainer } from '@capstan/engine'
import { nodeRuntime } from '@capstan/engine/node'
import { type Cifar10, loadCifar10 } from '../examples/data/cifar10.ts'
import { type Figure, median } from './figure.ts'
import { startTorch } from './peers/torch.ts'
import { type ResidualOptions, residualCnn } from './resnet/model.ts'

const batch = 64
const threads = 2
const smoke = process.env.CAPSTAN_BENCH_SMOKE === '1'
const rounds = smoke ? 1 : 5

interface Net extends ResidualOptions {
  readonly figure: string
  readonly steps: number
}

/** Three of four FLOPs of the first are 3x3 convolutions of 64 channels or more; the second is the ResNet-20 of He et al. */
const nets: readonly Net[] = smoke
  ? [{ figure: '2 steps', widths: [8, 16], blocks: 1, steps: 2 }]
  : [
      { figure: 'residual CNN 64-128-256', widths: [64, 128, 256], blocks: 1, steps: 5 },
      { figure: 'ResNet-20', widths: [16, 32, 64], blocks: 3, steps: 10 },
    ]

export async function run(): Promise<Figure[]> {
  const data = await loadCifar10('train', rounds * Math.max(...nets.map(({ steps }) => steps)) * batch)
  const folder = mkdtempSync(join(tmpdir(), 'capstan-resnet-'))
  try {
    writeFileSync(join(folder, 'samples'), data.samples)
    writeFileSync(join(folder, 'labels'), data.labels)
    const figures: Figure[] = []
    for (const net of nets) figures.push(...(await compare(net, data, folder)))
    return figures
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function compare({ figure, steps, ...options }: Net, data: Cifar10, folder: string): Promise<Figure[]> {
  const model = nn.initialise(residualCnn(options), { seed: 1 })
  const started = [...nn.stateDict(model)].filter(([name]) => !name.includes('running_'))
  const weights = join(folder, 'weights')
  writeFileSync(weights, Buffer.concat(started.map(([, { data: d }]) => new Uint8Array(d.buffer))))
  const trainer = await createTrainer({
    model,
    runtime: nodeRuntime({ threads }),
    data,
    scale: 1 / 255,
    optimiser: sgd({ learningRate: 0.05, momentum: 0.9, weightDecay: 5e-4 }),
    epochs: 1,
    batchSize: batch,
    shuffle: false,
    stepsPerCall: steps,
  })
  const torch = await startTorch({
    script: join(process.cwd(), 'bench', 'peers', 'resnet_torch.py'),
    args: (of, trial) =>
      [
        ...[join(folder, 'samples'), join(folder, 'labels'), weights, of, trial ? 2 : steps, batch],
        ...[options.widths.join(), options.blocks, threads],
      ].map(String),
    rounds,
    smoke,
  })
  const ours = startOurs(trainer)
  const speeds: { ours: number[]; torch: number[] } = { ours: [], torch: [] }
  for (let i = 0; i < rounds; i++) {
    const own = await ours()
    speeds.ours.push((steps * batch) / own.seconds)
    const said = await torch?.round()
    if (said) speeds.torch.push((steps * batch) / Number(said.seconds))
    console.log(
      `${figure}, round ${i + 1} of ${rounds}: ours ${speeds.ours[i]!.toFixed(1)}, ` +
        `PyTorch ${speeds.torch[i]?.toFixed(1) ?? '-'} pictures/s; losses end at ${own.loss.toFixed(4)} and ${said?.loss}`,
    )
  }
  await trainer.release()
  torch?.stop()
  if (!torch) return []
  const [mine, theirs] = [median(speeds.ours), median(speeds.torch)]
  const peer = `PyTorch ${torch.ready.ready} CPU`
  return [{ bench: 'resnet', figure, ours: mine, peer, theirs, unit: 'pictures/s', ratio: mine / theirs }]
}

/** A round of `stepsPerCall` steps each time it is called. */
function startOurs(trainer: Trainer): () => Promise<{ seconds: number; loss: number }> {
  const events = trainer.run()
  return async () => {
    const began = performance.now()
    const { value, done } = await events.next()
    if (done || value.kind !== 'progress') throw new Error('internal: the epoch ended early')
    return { seconds: (performance.now() - began) / 1000, loss: value.losses.at(-1)! }
  }
}
