/** @file A checkpoint's file is whole at every moment: a process killed at any time goes on bit for bit. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadCheckpoint, saveCheckpoint } from './checkpoint-file.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'capstan-checkpoint-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const dist = new URL('../../dist/', import.meta.url).href

/** Trains from what `path` holds, saves after every second step and prints `step loss` for each. */
const program = `
import { createTrainer, nn } from '${dist}index.js'
import { loadCheckpoint, nodeRuntime, saveCheckpoint } from '${dist}node.js'
const path = process.argv[1]
const trainer = await createTrainer({
  model: nn.sequential(nn.linear(64, 256), nn.dropout(0.2), nn.tanh(), nn.linear(256, 4)),
  runtime: nodeRuntime({ threads: 1 }),
  data: {
    samples: Float32Array.from({ length: 64 * 192 }, (_, i) => Math.sin(i * i)),
    labels: Uint8Array.from({ length: 192 }, (_, i) => i % 4),
    sampleShape: [64],
  },
  epochs: 10, batchSize: 16, seed: 5, stepsPerCall: 1,
  checkpointEvery: { steps: 2 },
  callbacks: { onCheckpoint: (bytes) => saveCheckpoint(path, bytes) },
})
const saved = loadCheckpoint(path)
if (saved) trainer.resume(saved)
for await (const e of trainer.run())
  if (e.kind === 'progress') console.log((e.epoch - 1) * e.steps + e.step, e.losses[0])
`

/** @param steps after which it is killed, at once or a little later */
async function train(
  path: string,
  losses: Map<number, string>,
  steps = Number.POSITIVE_INFINITY,
  later = 0,
): Promise<string | null> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let [seen, rest] = [0, '']
  child.stdout.on('data', (text) => {
    const lines = `${rest}${text}`.split('\n')
    rest = lines.pop()!
    for (const line of lines) {
      const [step, loss] = line.split(' ') as [string, string]
      // A step that is taken again after a kill must have the same loss.
      expect(losses.get(Number(step)) ?? loss, `step ${step}`).toBe(loss)
      losses.set(Number(step), loss)
      if (++seen === steps) setTimeout(() => child.kill('SIGKILL'), later)
    }
  })
  return new Promise((resolve) => child.on('close', (_, signal) => resolve(signal)))
}

it('training that is killed again and again has the losses of one that is left alone', async () => {
  const [alone, killed] = [new Map<number, string>(), new Map<number, string>()]
  expect(await train(join(folder, 'alone'), alone)).toBeNull()
  expect(alone.size).toBe(120)
  const path = join(folder, 'killed')
  for (const [steps, later] of [
    [9, 1],
    [14, 0],
  ] as const) {
    expect(await train(path, killed, steps, later)).toBe('SIGKILL')
    loadCheckpoint(path)
  }
  expect(await train(path, killed)).toBeNull()
  expect(killed).toEqual(alone)
}, 300_000)

describe('a file', () => {
  it('that is not there yet is none', () => expect(loadCheckpoint(join(folder, 'none'))).toBeNull())

  it('that is torn or another is refused, and what it was stays', () => {
    const path = join(folder, 'torn')
    writeFileSync(path, 'CPSTNCKP\x01\0\0\0 and no more than this')
    expect(() => loadCheckpoint(path)).toThrow(
      expect.objectContaining({ code: 'engine/checkpoint-damaged' }) as Error,
    )
    expect(readFileSync(path, 'utf8')).toBe('CPSTNCKP\x01\0\0\0 and no more than this')
  })

  it('that cannot be written or read says so', () => {
    const refused = expect.objectContaining({ code: 'engine/file' }) as Error
    expect(() => saveCheckpoint(join(folder, 'no folder', 'x'), new Uint8Array(4))).toThrow(refused)
    const path = join(folder, 'folder')
    mkdirSync(path)
    expect(() => saveCheckpoint(path, new Uint8Array(4))).toThrow(refused)
    expect(() => loadCheckpoint(path)).toThrow(refused)
  })

  it('is replaced whole', () => {
    const path = join(folder, 'file')
    saveCheckpoint(path, Uint8Array.of(1, 2, 3))
    saveCheckpoint(path, Uint8Array.of(4))
    expect([...readFileSync(path)]).toEqual([4])
  })
})
