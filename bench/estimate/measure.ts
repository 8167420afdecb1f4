/** @file In a process of its own: estimates one design, trains it, and tells both. */
import { createTrainer, estimateTraining } from '@capstan/engine'
import { nodeRuntime } from '@capstan/engine/node'
import { median } from '../figure.ts'
import { designs } from './models.ts'

const [name, threads, rounds, what] = process.argv.slice(2)
const options = {
  ...designs[name!]!(),
  runtime: nodeRuntime({ threads: Number(threads) }),
  epochs: 1000,
  stepsPerCall: 8,
  shuffle: true,
}
if (what === 'estimate') {
  const { secondsPerStep, memory, ops } = await estimateTraining(options)
  const slowest = ops.slice(0, 5).map(({ op, seconds }) => `${op} ${(1000 * seconds).toFixed(2)}`)
  const bytes = memory.peak - memory.data
  console.log(JSON.stringify({ ms: 1000 * secondsPerStep, bytes, slowest: slowest.join(', ') }))
} else {
  // A first small training loads ONNX Runtime, which is no part of what a design takes.
  const small = await createTrainer({ ...options, ...designs['SimpleCNN, batch 64']!(), batchSize: 1 })
  await small.release()
  const before = process.memoryUsage().rss
  const trainer = await createTrainer(options)
  const times: number[] = []
  let began = performance.now()
  for await (const event of trainer.run()) {
    if (event.kind !== 'progress') continue
    const now = performance.now()
    times.push((now - began) / event.losses.length)
    began = now
    if (times.length > Number(rounds)) break
  }
  const bytes = process.resourceUsage().maxRSS * 1024 - before
  await trainer.release()
  console.log(JSON.stringify({ ms: median(times.slice(1)), bytes }))
}
process.exit(0)
