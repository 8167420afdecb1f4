/** @file The commands around access and the whole workspace, as people type them. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startWorld, type World } from '../server/world.ts'
import { capstan, removeFolders, temporaryFolder } from './capstan.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ workers: 0 })
  await world.capstan.members.create({ body: { name: 'Ann', roles: ['lead'] } })
})
afterAll(async () => {
  await world.server.close()
  removeFolders()
})

const run = (words: string[], workspace = world.folder) => capstan([...words, '--workspace', workspace])

describe('the whole workspace', () => {
  const folder = temporaryFolder()
  const file = join(folder, 'all.ndjson')

  test('is written into a file that only its owner reads, and into tables', async () => {
    const written = await run(['export', file])
    expect(written).toMatchObject({ exit: 0, err: '' })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8')).toContain('"name":"Ann"')
    const shown = await run(['export', '-'])
    expect(shown.out.split('\n').slice(1)).toEqual(readFileSync(file, 'utf8').split('\n').slice(1))
    const tables = await run(['export', '--csv', join(folder, 'tables')])
    expect(tables.exit).toBe(0)
    expect(readdirSync(join(folder, 'tables')).sort()).toEqual([
      'audit.csv',
      'experiments.csv',
      'members.csv',
    ])
  })

  test('is read into a new workspace, and nowhere else', async () => {
    const fresh = join(folder, 'fresh')
    const checked = await run(['import', file, '--check'], fresh)
    expect(checked.out).toContain('Nothing was written')
    const done = await run(['import', file], fresh)
    expect(done).toMatchObject({ exit: 0, err: '' })
    expect(done.out).toMatch(/Imported: 3 records and 0 files\.\nIts history came along: 1 entries/)
    const again = await run(['import', file], fresh)
    expect(again.exit).toBe(65)
    expect(again.err).toContain('already; nothing was written')
    const zh = await run(['import', file, '--lang', 'zh-CN'])
    expect(zh.err).toContain('没有写入任何内容')
  })

  test('needs to be told where', async () => {
    expect(await run(['export'])).toMatchObject({ exit: 64 })
    expect(await run(['import', join(folder, 'nothing')])).toMatchObject({ exit: 64 })
    expect(existsSync(join(folder, 'all.ndjson.part'))).toBe(false)
  })
})
