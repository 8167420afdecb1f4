/** @file `capstan runs compare`, `curves`, `files`, `edit` and `capstan experiments` as a person uses them. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Client, createClient } from '@capstan/api'
import { type RunningServer, startServer } from '@capstan/server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { capstan, removeFolders, temporaryFolder } from './capstan.ts'

let server: RunningServer
let client: Client
let workspace: string
beforeAll(async () => {
  workspace = temporaryFolder()
  server = await startServer({ workspace, port: 0, workers: 0 })
  client = createClient({ baseUrl: server.address })
  for (const lr of ['0.1', '0.2']) {
    const { id } = await client.tracking.start({ body: { name: `rate ${lr}`, params: { lr, layers: '2' } } })
    const metrics = Array.from({ length: 100 }, (_, step) => ({
      ...{ key: 'loss', step, at: 1000 * step, value: step === 50 ? 9 : 1 - Number(lr) * (step / 100) },
    }))
    const load = { key: 'system/cpu_cores', step: 1, at: 1000, value: 1.5 }
    await client.tracking.log({ params: { id }, body: { metrics: [...metrics, load] } })
  }
  const { hash } = await client.blobs.put({ body: new TextEncoder().encode('a,b\n1,2\n') })
  const session = { params: { id: 'log_cli' } }
  const { id } = (await client.runs.list({ query: { number: 1 } }))[0]!
  await client.logging.open({ ...session, body: { name: 'x', startedAt: 1, runId: id } })
  const record = { kind: 'artifact' as const, at: 1, path: 'out/table.csv', blob: hash, bytes: 8 }
  await client.logging.append({ ...session, body: { first: 1, records: [record] } })
})
afterAll(async () => {
  await server.close()
  removeFolders()
})

const run = (...words: string[]) => capstan([...words, '--workspace', workspace])

test('compare shows what differs, inputs before results', async () => {
  const { out, exit } = await run('runs', 'compare', '1', '2')
  expect(exit).toBe(0)
  expect(out).toMatch(/#1 rate 0\.1 +#2 rate 0\.2/)
  expect(out).toMatch(/Parameters +lr +0\.1 +0\.2\n/)
  expect(out.indexOf('lr')).toBeLessThan(out.indexOf('loss'))
  expect(out).not.toContain('layers')
  expect((await run('runs', 'compare', '1', '2', '--all')).out).toMatch(/layers +2 +2/)
  expect((await run('runs', 'compare', '1', '77')).exit).toBe(66)
})

test('curves keep their extremes on a line', async () => {
  const { out } = await run('runs', 'curves', '1', 'loss', '--points', '10')
  expect(out).toMatch(/loss +[▁▂▃▄▅▆▇█]{10} +0\.901 +0\.901 +9 +100\n/)
  const [curve] = JSON.parse((await run('runs', 'curves', '1', '--axis', 'time', '--json')).out)
  expect(curve).toMatchObject({ key: 'loss', points: 100 })
  expect((await run('runs', 'curves', '1', 'nothing')).out).toBe('No curves.\n')
})

test('files are listed, shown and downloaded', async () => {
  expect((await run('runs', 'files', '1')).out).toBe('8  out/\n')
  expect((await run('runs', 'files', '1', 'out/table.csv')).out).toBe('a  b\n1  2\n')
  const to = join(temporaryFolder(), 'copy.csv')
  expect((await run('runs', 'files', '1', 'out/table.csv', '--to', to)).exit).toBe(0)
  expect(readFileSync(to, 'utf8')).toBe('a,b\n1,2\n')
  expect((await run('runs', 'files', '1', 'out/none')).exit).not.toBe(0)
  expect((await run('runs', 'files', '1', '../x')).exit).not.toBe(0)
})

test('a run is named, noted, tagged, deleted and restored, and shown with it', async () => {
  const words = ['--name', 'best', '--note', 'keep', '--tag', 'team=a', '--tag', 'x=1']
  expect((await run('runs', 'edit', '2', ...words)).exit).toBe(0)
  expect((await run('runs', 'edit', '2', '--untag', 'x')).exit).toBe(0)
  const { out } = await run('runs', 'show', '2')
  for (const text of [/2 best/, /loss +0\.802 {2}\(99\)/, /team +a/, /Note.*\n +keep/])
    expect(out).toMatch(text)
  expect(out).not.toMatch(/^x +1/m)
  expect((await run('runs', 'edit', '2', '--delete')).exit).toBe(0)
  expect((await run('runs', 'list')).out).not.toContain('best')
  const { runs } = await client.tracking.search({ body: { lifecycle: 'deleted' } })
  const { id } = runs[0]!
  expect((await run('runs', 'edit', id, '--restore', '--tag', 'y=2')).exit).toBe(0)
  expect((await run('runs', 'list')).out).toContain('best')
  expect((await run('runs', 'edit', '2')).exit).toBe(64)
})

test('experiments are opened, renamed, deleted and restored', async () => {
  expect((await run('experiments', 'open', 'rates')).out).toBe('Experiment 1 rates is open.\n')
  expect((await run('experiments', 'open', 'rates')).exit).not.toBe(0)
  expect((await run('experiments', 'edit', 'rates', '--name', '学习率')).exit).toBe(0)
  expect((await run('experiments', 'list')).out).toContain('学习率')
  expect((await run('experiments', 'edit', '学习率', '--delete')).exit).toBe(0)
  expect((await run('experiments', 'list')).out).not.toContain('学习率')
  expect((await run('experiments', 'list', '--all')).out).toMatch(/学习率.*deleted/)
  expect((await run('experiments', 'edit', '1', '--restore')).exit).toBe(0)
  expect((await run('experiments', 'edit', 'none', '--delete')).exit).toBe(66)
})
