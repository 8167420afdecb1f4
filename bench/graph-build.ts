/** @file The training graph of a 12-layer GPT (width 768, block 1,024): seconds to build, differentiate and write it, against JAX's tracing. */
import { join } from 'node:path'
import { adamW, trainingGraph, writeModel } from '@capstan/engine'
import { type Figure, median } from './figure.ts'
import { Gpt } from './gpt/model.ts'
import { startJax } from './peers/jax.ts'

const smoke = process.env.CAPSTAN_BENCH_SMOKE === '1'
const rounds = smoke ? 1 : 5
const size = { layers: smoke ? 2 : 12, heads: 12, width: 768, block: 1024, batch: 4 }

/** What the issue of this benchmark asks for, in seconds. */
const target = 1

export async function run(): Promise<Figure[]> {
  const jax = await startJax({
    script: join(process.cwd(), 'bench', 'peers', 'graph_jax.py'),
    args: (of) => [size.layers, size.heads, size.width, size.block, size.batch, of].map(String),
    rounds,
    smoke,
  })
  const seconds = {
    built: [] as number[],
    written: [] as number[],
    traced: [] as number[],
    lowered: [] as number[],
  }
  let megabytes = 0
  for (let i = 0; i < rounds; i++) {
    const began = performance.now()
    const graph = trainingGraph({
      model: new Gpt(size),
      sampleShape: [size.block],
      sampleType: 'int32',
      batchSize: size.batch,
      optimiser: adamW({ learningRate: 3e-4 }),
    })
    seconds.built.push((performance.now() - began) / 1000)
    megabytes = writeModel(graph).length / 1e6
    seconds.written.push((performance.now() - began) / 1000)
    const said = await jax?.round()
    if (said) {
      seconds.traced.push(Number(said.traced))
      seconds.lowered.push(Number(said.lowered))
    }
    console.log(
      `round ${i + 1} of ${rounds}: built ${seconds.built[i]!.toFixed(3)} s, written ${seconds.written[i]!.toFixed(3)} s ` +
        `(${megabytes.toFixed(1)} MB); JAX traced ${said?.traced ?? '-'} s, lowered ${said?.lowered ?? '-'} s`,
    )
  }
  const figure = (name: string, ours: number[], peer: string, theirs: number): Figure => ({
    bench: 'graph-build',
    figure: name,
    ours: median(ours),
    peer,
    theirs,
    unit: 's',
    ratio: theirs / median(ours),
  })
  const peer = jax ? `JAX ${jax.ready.ready}` : ''
  jax?.stop()
  return [
    figure('built and differentiated', seconds.built, 'target', target),
    ...(jax
      ? [
          figure(
            'built and differentiated',
            seconds.built,
            `${peer}, make_jaxpr of the step`,
            median(seconds.traced),
          ),
          figure('and written', seconds.written, `${peer}, lowered to StableHLO`, median(seconds.lowered)),
        ]
      : []),
  ]
}
