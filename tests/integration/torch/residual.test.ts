/** @file A residual network follows PyTorch for 20 steps from the same weights. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTrainer, nn, sgd } from '@capstan/engine'
import { nodeRuntime } from '@capstan/engine/node'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startPeer } from '../../../bench/peers/process.ts'
import { residualCnn } from '../../../bench/resnet/model.ts'
import { seeded } from '../../../packages/engine/src/random.ts'

const [steps, batch] = [20, 12]
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'capstan-residual-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('with strided blocks, batch norm, momentum and weight decay', { timeout: 120_000 }, async () => {
  const options = { widths: [8, 16, 12], blocks: 1 }
  const random = seeded(5)
  const count = steps * batch
  const labels = Uint8Array.from({ length: count }, () => Math.floor(random() * 10))
  // Each class has its own brightness, so that there is something to learn.
  const samples = Uint8Array.from({ length: count * 3072 }, (_, i) =>
    Math.floor(random() * (60 + 19 * labels[Math.floor(i / 3072)]!)),
  )
  const model = nn.initialise(residualCnn(options), { seed: 3 })
  const started = [...nn.stateDict(model)].filter(([name]) => !name.includes('running_'))
  const file = (name: string, bytes: Uint8Array): string => {
    writeFileSync(join(folder, name), bytes)
    return join(folder, name)
  }
  const weights = Buffer.concat(started.map(([, { data }]) => new Uint8Array(data.buffer)))
  const paths = [file('samples', samples), file('labels', labels), file('weights', weights)]
  const peer = await startPeer('/usr/bin/python3', [
    join(import.meta.dirname, '../../../bench/peers/resnet_torch.py'),
    ...paths,
    ...[steps, 1, batch, options.widths.join(), options.blocks, 1].map(String),
  ])
  const theirs: number[] = []
  for (let i = 0; i < steps; i++) theirs.push(Number((await peer.round()).loss))
  peer.stop()

  const trainer = await createTrainer({
    model,
    runtime: nodeRuntime({ threads: 1 }),
    data: { samples, labels, sampleShape: [3, 32, 32] },
    scale: 1 / 255,
    optimiser: sgd({ learningRate: 0.05, momentum: 0.9, weightDecay: 5e-4 }),
    epochs: 1,
    batchSize: batch,
    shuffle: false,
  })
  const ours: number[] = []
  for await (const event of trainer.run()) if (event.kind === 'progress') ours.push(...event.losses)
  await trainer.release()
  expect(ours).toHaveLength(steps)
  for (const [i, loss] of ours.entries())
    expect(
      Math.abs(loss - theirs[i]!) / theirs[i]!,
      `step ${i + 1}: ${loss}, PyTorch ${theirs[i]}`,
    ).toBeLessThan(1e-3)
  expect(Math.min(...ours.slice(-5))).toBeLessThan(ours[0]!)
})
