/** @file `capstan sweep` as a person uses it: a file, a command with slots, its options, and what is told in the end. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClient } from '@capstan/api'
import { type RunningServer, startServer } from '@capstan/server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { capstan, removeFolders, temporaryFolder } from './capstan.ts'

let server: RunningServer
let workspace: string
let folder: string
beforeAll(async () => {
  workspace = temporaryFolder()
  folder = temporaryFolder()
  server = await startServer({ workspace, port: 0, workers: 2 })
  writeFileSync(join(folder, 'trial.mjs'), training)
})
afterAll(async () => {
  await server.close()
  removeFolders()
})

/** A bowl over x, deeper with more steps. */
const training = `
const { CAPSTAN_URL, CAPSTAN_TOKEN, CAPSTAN_RUN_ID } = process.env
const [x, steps] = process.argv.slice(2).map(Number)
const answer = await fetch(CAPSTAN_URL + '/api/v1/tracking/runs/' + CAPSTAN_RUN_ID + '/log', {
  method: 'POST',
  headers: { 'content-type': 'application/json', authorization: 'Bearer ' + CAPSTAN_TOKEN },
  body: JSON.stringify({ metrics: [{ key: 'loss', at: 1, step: steps, value: (x - 3) ** 2 + 1 / steps }] }),
})
process.exit(answer.ok ? 0 : 1)`

const plan = {
  space: { x: { type: 'int', low: 1, high: 4 } },
  goal: { metric: 'loss', direction: 'min' },
  method: 'grid',
  parallel: 2,
  halving: { minimum: 1, maximum: 2, factor: 2, parameter: 'steps' },
}

function file(content: object): string {
  const path = join(folder, 'plan.json')
  writeFileSync(path, JSON.stringify(content))
  return path
}
const sweep = (...words: string[]) => capstan(['sweep', ...words, '--workspace', workspace])
const start = (content: object, ...words: string[]) =>
  capstan(['sweep', '--workspace', workspace, '--file', file(content), '--folder', folder, ...words])

test('successive halving over a command: promoted trials carry their resource, options reach each trial', async () => {
  const options = ['--name', 'bowl', '--timeout', '1m', '--param', 'kind=bowl', '--tag', 'team=a']
  const { out, exit } = await start(plan, ...options, '--', 'node', 'trial.mjs', '{x}', '{steps}')
  expect([exit, out]).toEqual([0, expect.stringContaining('bowl: finished')])
  const best = out.split('\n').find((line) => /x=3 steps=2$/.test(line))
  expect(best).toMatch(/^#\d+ +finished +0\.5 /)
  const listed = await sweep('list')
  expect(listed.out).toMatch(/finished +\d+ +0\.5 +bowl/)
  expect((await sweep('show', 'bowl')).out).toContain('x=3 steps=2')
  const client = createClient({ baseUrl: server.address })
  const [id] = (await client.sweeps.list()).map((one) => one.id)
  const { trials } = await client.sweeps.get({ params: { id: id! } })
  const run = await client.tracking.get({ params: { id: trials[0]!.runId } })
  expect(run.run.execution.wallSeconds).toBe(60)
  expect(run.params).toMatchObject({ kind: 'bowl', x: '1', steps: '1' })
  expect(run.tags.team).toBe('a')
})

test.each([
  [{ ...plan, method: 'luck' }, 'method'],
  [{ ...plan, space: {} }, 'parameter'],
])('%j is refused with what is wrong', async (content, named) => {
  const { exit, err } = await start(content, '--', 'node', 'trial.mjs', '{x}', '{steps}')
  expect([exit === 0, err]).toEqual([false, expect.stringContaining(named)])
})

test('what is not there is told with what there is', async () => {
  const client = createClient({ baseUrl: server.address })
  const now = Date.now()
  const [from, until] = [now - 1000, now + 86_400_000].map((at) => new Date(at).toISOString())
  const cycle = await client.cycles.create({ body: { name: 'Cycle', start: from!, end: until! } })
  await client.strategy.createInitiative({
    body: {
      cycleId: cycle.id,
      name: 'Digits',
      value: { low: 1, mode: 2, high: 3 },
      chance: { alpha: 1, beta: 1 },
      needs: {},
    },
  })
  const words = ['--initiative', 'letters', '--', 'node', 'trial.mjs', '{x}', '{steps}']
  const { exit, err } = await start(plan, ...words)
  expect([exit, err]).toEqual([
    66,
    expect.stringContaining('There is no initiative letters. There are: Digits.'),
  ])
  expect((await sweep('show', 'nothing')).exit).toBe(66)
})
