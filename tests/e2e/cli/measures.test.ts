/** @file `capstan measures` as a person uses it: define, look, follow to the facts, override, rebuild. */
import { writeFileSync } from 'node:fs'
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
  for (const [team, acc] of [
    ['a', 0.7],
    ['a', 0.8],
    ['b', 0.9],
  ] as const) {
    const { id } = await client.tracking.start({ body: { name: team, tags: { team } } })
    const metrics = [{ key: 'acc', step: 1, at: 1000, value: acc }]
    await client.tracking.log({ params: { id }, body: { metrics } })
    await client.tracking.change({ params: { id }, body: { state: 'finished' } })
  }
})
afterAll(async () => {
  await server.close()
  removeFolders()
})

const measures = (...words: string[]) => capstan(['measures', ...words, '--workspace', workspace])
const best = ['--of', 'run', '--statistic', 'best', '--value', 'metric.acc', '--scale', 'proportion']

test('a preview says what it would say, a definition keeps it', async () => {
  const words = ['define', 'best-acc', ...best, '--where', 'tag.team=a', '--where', 'state=finished']
  expect((await measures(...words, '--preview')).out).toBe('2 points; it would say 80%.\n')
  expect((await measures()).out).toBe('There are no measures yet.\n')
  expect((await measures(...words, '--name', 'Best accuracy')).out).toMatch(
    /^Best accuracy is defined \(measure_/,
  )
  expect((await measures('list')).out).toMatch(/best-acc +80% +live +\d{4}-.* Best accuracy\n/)
  expect((await measures(...words)).exit).toBe(65)
})

test('a file defines a formula', async () => {
  await measures('define', 'runs', '--of', 'run', '--statistic', 'count', '--unit', 'runs')
  await measures(
    'define',
    'of-b',
    '--of',
    'run',
    '--statistic',
    'count',
    '--unit',
    'runs',
    '--where',
    'tag.team=b',
  )
  const ids = (await client.measures.list()).filter(({ unit }) => unit === 'runs').map(({ id }) => id)
  const file = join(temporaryFolder(), 'share.json')
  const query = { source: 'formula', operation: 'ratio', measureIds: ids.reverse() }
  writeFileSync(file, JSON.stringify({ name: 'Share of b', scale: 'proportion', query }))
  expect((await measures('define', 'share-b', '--file', file)).exit).toBe(0)
  expect((await measures()).out).toMatch(/share-b +33\.33% +live/)
})

test('a history shows what each point rests on; the facts behind it are listed', async () => {
  const { out } = await measures('show', 'best-acc')
  expect(out).toMatch(/Best accuracy \(best-acc\): 80% · live\n2 points\n/)
  expect(out).toMatch(/80% +2 facts, newest run run_/)
  expect((await measures('facts', 'best-acc')).out).toMatch(/0\.8 +run run_.*\n.*0\.7 +run run_/)
})

test('an override is signed, shown beside what it replaces, and withdrawn', async () => {
  const signed = await measures('override', 'best-acc', '0.5', '--note', 'leaked data')
  expect(signed.out).toMatch(/^Best accuracy: 50% stands in, signed by owner/)
  expect((await measures('show', 'best-acc')).out).toMatch(
    /50% \(typed\) +overridden by owner: leaked data \(instead of 80%\)/,
  )
  expect((await measures('withdraw', 'best-acc', '--note', 'checked')).exit).toBe(0)
  expect((await measures('show', 'best-acc')).out).toMatch(/Best accuracy \(best-acc\): 80% · live/)
  expect((await measures('withdraw', 'best-acc', '--note', 'x')).err).toContain('no override in force')
})

test('what cannot be is refused in the reader’s language', async () => {
  expect((await measures('define', 'x', '--of', 'run', '--statistic', 'mean')).err).toMatch(
    /^The statistic “mean” folds a number/,
  )
  expect((await measures('define', 'x', ...best, '--unit', 'ms', '--lang', 'zh')).err).toContain(
    '比例的单位是 1',
  )
  expect((await measures('define', 'x', ...best, '--where', 'team')).err).toContain('"team" is no filter')
  expect((await measures('point', 'runs', 'much', '--note', 'x')).exit).toBe(64)
  expect((await measures('edit', 'runs', '--archive')).err).toMatch(/^runs cannot be archived/)
})

test('a rebuild finds what was kept up to be right', async () => {
  const { out, exit } = await measures('rebuild', '--check')
  expect([exit, out]).toEqual([0, '3 histories, 6 points: 0 would differ; facts to correct: 0.\n'])
})
