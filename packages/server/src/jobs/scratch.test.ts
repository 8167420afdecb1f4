/** @file Which folders of runs stay on this machine. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { leaveScratch, scratchOf, tidyScratch } from './scratch.ts'

let scratch: string
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'capstan-scratch-'))
})
afterEach(() => rmSync(scratch, { recursive: true, force: true }))

function folderOf(id: string, ...files: string[]): string {
  const own = scratchOf(scratch, id)
  mkdirSync(join(own, 'checkpoint'), { recursive: true })
  for (const file of files) {
    mkdirSync(join(own, file, '..'), { recursive: true })
    writeFileSync(join(own, file), 'x')
  }
  return own
}

test('a finished run leaves its restored code alone; nothing is left where nothing was written', async () => {
  const rerun = folderOf('run_a', 'checkpoint/model.pt', 'code/out/picture.png')
  await leaveScratch(scratch, { id: 'run_a', state: 'finished' })
  expect(existsSync(join(rerun, 'checkpoint'))).toBe(false)
  expect(existsSync(join(rerun, 'code/out/picture.png'))).toBe(true)

  for (const state of ['finished', 'failed', 'cancelled'] as const) {
    const empty = folderOf('run_b')
    await leaveScratch(scratch, { id: 'run_b', state })
    expect(existsSync(empty)).toBe(false)
  }
})

test('checkpoints stay while the run may go on', async () => {
  for (const state of ['queued', 'failed', 'cancelled', 'lost'] as const) {
    const own = folderOf('run_c', 'checkpoint/model.pt')
    await leaveScratch(scratch, { id: 'run_c', state })
    expect(existsSync(join(own, 'checkpoint/model.pt'))).toBe(true)
  }
})

test('folders of runs that ended a week ago, and of unknown ones, are removed', async () => {
  const now = new Date('2026-11-23T12:00:00Z')
  const runs = {
    old: { state: 'failed', worker: null, endedAt: '2026-11-16T11:59:59Z' },
    recent: { state: 'cancelled', worker: null, endedAt: '2026-11-16T12:00:01Z' },
    ending: { state: 'cancelled', worker: 'w', endedAt: '2026-11-01T00:00:00Z' },
    live: { state: 'running', worker: 'w', endedAt: null },
    waiting: { state: 'queued', worker: null, endedAt: null },
  } as const
  for (const id of [...Object.keys(runs), 'unknown']) folderOf(id, 'checkpoint/x')
  const find = async (id: string) => runs[id as keyof typeof runs] ?? null
  expect(await tidyScratch(scratch, find, now)).toBe(2)
  const left = Object.keys(runs).filter((id) => existsSync(scratchOf(scratch, id)))
  expect(left).toEqual(['recent', 'ending', 'live', 'waiting'])
  expect(existsSync(scratchOf(scratch, 'unknown'))).toBe(false)
  expect(await tidyScratch(join(scratch, 'absent'), find, now)).toBe(0)
})
