/** @file Measures the GPT benchmarks: tokens a second of training, against PyTorch and JAX on the CPU. */
import { join } from 'node:path'
import { adamW, createTrainer, crossEntropy, newGraph, ops, writeModel } from '@capstan/engine'
import { nodeRuntime } from '@capstan/engine/node'
import { type Figure, median } from '../figure.ts'
import { startJax } from '../peers/jax.ts'
import { startTorch } from '../peers/torch.ts'
import { flopsOf, Gpt, type GptSize, vocabulary } from './model.ts'

const threads = 2
const smoke = process.env.CAPSTAN_BENCH_SMOKE === '1'
const rounds = smoke ? 1 : 5

export interface GptBenchmark {
  readonly bench: string
  readonly size: GptSize
  /** Training steps a round. */
  readonly steps: number
}

export async function measure(benchmark: GptBenchmark): Promise<Figure[]> {
  const { bench } = benchmark
  const size = smoke ? { ...benchmark.size, layers: 1 } : benchmark.size
  const steps = smoke ? 2 : benchmark.steps
  const tokens = steps * size.batch * size.block
  const ours = await startOurs(size, steps)
  const { layers, heads, width, block, batch } = size
  const peer = (file: string) => ({
    script: join(process.cwd(), 'bench', 'peers', file),
    args: (of: number, trial: boolean) =>
      [layers, heads, width, block, batch, trial ? Math.ceil(steps / 3) : steps, of, threads].map(String),
    rounds: rounds + 1,
    smoke,
  })
  const [torch, jax] = [await startTorch(peer('gpt_torch.py')), await startJax(peer('gpt_jax.py'))]
  const peers = [
    { name: `PyTorch ${torch?.ready.ready} CPU`, process: torch },
    { name: `JAX ${jax?.ready.ready} CPU`, process: jax },
  ].flatMap(({ name, process }) => (process ? [{ name, process, speeds: [] as number[], peak: 0 }] : []))
  const own: number[] = []
  const peaks: number[] = []
  // The first round warms all of them up: memory is taken from the system, JAX compiles.
  for (let i = 0; i <= rounds; i++) {
    const seconds = await ours.round()
    if (i > 0) own.push(tokens / seconds)
    for (const each of peers) {
      const said = await each.process.round()
      if (i > 0) each.speeds.push(tokens / Number(said.seconds))
      each.peak = Number(said.peakMiB)
    }
    if (i > 0) {
      peaks.push(await gemmPeak(smoke ? 128 : 1024))
      const shown = peers.map(({ name, speeds }) => `${name} ${speeds.at(-1)!.toFixed(0)}`)
      console.log(
        `round ${i} of ${rounds}: ours ${own.at(-1)!.toFixed(0)}, ${shown.join(', ')} tokens/s; ` +
          `product of 1,024 x 1,024 matrices at ${peaks.at(-1)!.toFixed(0)} GFLOP/s`,
      )
    }
  }
  const memory = process.resourceUsage().maxRSS / 1024
  await ours.stop()
  for (const each of peers) each.process.stop()
  const speed = median(own)
  const achieved = (speed * flopsOf(size)) / (batch * block) / 1e9
  return [
    ...peers.map(({ name, speeds }) => ({
      bench,
      figure: 'training',
      ours: speed,
      peer: name,
      theirs: median(speeds),
      unit: 'tokens/s',
      ratio: speed / median(speeds),
    })),
    {
      bench,
      figure: 'share of the GEMM peak',
      ours: achieved,
      peer: 'ONNX Runtime, 1,024 x 1,024 product',
      theirs: median(peaks),
      unit: 'GFLOP/s',
      ratio: achieved / median(peaks),
    },
    ...peers.slice(0, 1).map(({ name, peak }) => ({
      bench,
      figure: 'peak memory',
      ours: memory,
      peer: name,
      theirs: peak,
      unit: 'MiB',
      ratio: peak / memory,
    })),
  ]
}

/** Trains on random tokens: speed does not depend on what they say. */
async function startOurs(size: GptSize, steps: number) {
  const count = steps * size.batch
  let state = 1
  const token = (): number => {
    state = (state * 48_271) % 2_147_483_647
    return state % vocabulary
  }
  const tokens = (): Int32Array => Int32Array.from({ length: count * size.block }, token)
  const trainer = await createTrainer({
    model: new Gpt(size),
    runtime: nodeRuntime({ threads }),
    data: { samples: tokens(), labels: tokens(), sampleShape: [size.block] },
    loss: crossEntropy(),
    optimiser: adamW({ learningRate: 1e-3 }),
    epochs: rounds + 1,
    batchSize: size.batch,
    stepsPerCall: steps,
    seed: 1,
  })
  const events = trainer.run()
  return {
    async round(): Promise<number> {
      const began = performance.now()
      while (true) {
        const { value, done } = await events.next()
        if (done || value.kind === 'epoch') return (performance.now() - began) / 1000
      }
    },
    stop: () => trainer.release(),
  }
}

/** The best of several products of two square matrices: what this machine's cores can do. */
async function gemmPeak(n: number): Promise<number> {
  const graph = newGraph()
  const [a, b] = [graph.input('a', 'float32', [n, n]), graph.input('b', 'float32', [n, n])]
  const outputs = [ops(graph).matMul(a, b)]
  const session = await nodeRuntime({ threads }).createSession(
    writeModel({ graph, inputs: [a, b], outputs, outputNames: ['c'] }),
  )
  const matrix = { dtype: 'float32', shape: [n, n], data: new Float32Array(n * n).fill(0.5) } as const
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < 10; i++) {
    const began = performance.now()
    await session.run({ a: matrix, b: matrix })
    best = Math.min(best, performance.now() - began)
  }
  await session.release()
  return (2 * n ** 3) / best / 1e6
}
