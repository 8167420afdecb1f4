/** @file Damaged copies of real models, read in a process of little memory: never a crash, always a typed error. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const folder = '/usr/share/libonnx-testdata/data'

interface Report {
  readonly counts: { readonly read: number; readonly refused: number; readonly trainable: number }
  readonly codes: Readonly<Record<string, number>>
  readonly untyped: readonly string[]
  /** Milliseconds for one file. */
  readonly slowest: number
  /** MiB, resident, at most. */
  readonly memory: number
}

function fuzz(files: readonly string[], rounds: number, seed: number): Report {
  const child = spawnSync(
    process.execPath,
    ['--max-old-space-size=512', join(import.meta.dirname, 'fuzz-child.mjs')],
    { input: JSON.stringify({ files, rounds, seed }), encoding: 'utf8', maxBuffer: 2 ** 24 },
  )
  expect(child.signal, child.stderr).toBeNull()
  expect(child.status, child.stderr).toBe(0)
  return JSON.parse(child.stdout) as Report
}

test.each([1, 2])('thousands of damaged files, seed %i', { timeout: 600_000 }, (seed) => {
  const files = readdirSync(folder)
    .sort()
    .flatMap((kind) => readdirSync(join(folder, kind)).map((name) => join(folder, kind, name, 'model.onnx')))
    // The package leaves out the large ones.
    .filter((path) => existsSync(path))
  const report = fuzz(
    files.filter((_, i) => i % 4 === seed),
    30,
    seed,
  )
  console.log(JSON.stringify(report))
  expect(report.untyped).toEqual([])
  expect(report.counts.read).toBeGreaterThan(1000)
  expect(report.counts.refused).toBeGreaterThan(1000)
  expect(report.counts.trainable).toBeGreaterThan(10)
  expect(report.memory).toBeLessThan(1024)
})
