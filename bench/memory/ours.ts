/** @file Trains one net a round at a time, in a process of its own, and says the most memory that it had. */
import { createInterface } from 'node:readline'
import { createTrainer } from '@capstan/engine'
import { nodeRuntime } from '@capstan/engine/node'
import { nets } from './nets.ts'

const [name, folder, rounds, steps, threads] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
]
const trainer = await createTrainer({
  ...nets[name]!(folder, Number(steps)),
  runtime: nodeRuntime({ threads: Number(threads) }),
  epochs: Number(rounds),
  seed: 1,
})
const events = trainer.run()
console.log(JSON.stringify({ ready: name }))
for await (const _line of createInterface({ input: process.stdin })) {
  const began = performance.now()
  while (true) {
    const { value, done } = await events.next()
    if (done || value.kind === 'epoch') break
  }
  const seconds = (performance.now() - began) / 1000
  console.log(JSON.stringify({ seconds, peakMiB: process.resourceUsage().maxRSS / 1024 }))
}
