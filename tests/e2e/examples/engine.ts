/** @file Runs an example of the engine, shortened, as a newcomer starts it. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'

export interface Said {
  readonly code: number | null
  readonly out: string
  /** The figures of its last line. */
  readonly ours: Readonly<Record<string, number>>
}

/** With `offline`, as on a machine that has no network and has never fetched data. */
export async function runExample(name: string, { offline = false } = {}): Promise<Said> {
  const empty = offline ? mkdtempSync(join(tmpdir(), 'capstan-offline-')) : null
  const env =
    empty === null
      ? {}
      : {
          CAPSTAN_DATA: join(empty, 'data'),
          npm_config_registry: 'http://127.0.0.1:9/',
          npm_config_cache: join(empty, 'npm'),
        }
  const child = spawn(process.execPath, ['scripts/example.mjs', name], {
    env: { ...process.env, CAPSTAN_EXAMPLE_SMOKE: '1', ...env },
  })
  let out = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text) => {
      out += text
    })
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  if (empty !== null) rmSync(empty, { recursive: true, force: true })
  const last = out.trim().split('\n').at(-1) ?? ''
  const ours = last.startsWith('{') ? (JSON.parse(last) as { ours: Said['ours'] }).ours : {}
  return { code, out, ours }
}

/** Trained, printed its data's licence and what it is compared with. @returns its figures */
export async function succeeds(name: string): Promise<Said['ours']> {
  const { code, out, ours } = await runExample(name)
  expect(code, out).toBe(0)
  expect(out).toMatch(/licence|public domain|Creative Commons|freely/i)
  expect(out).toContain('"references":[')
  return ours
}
