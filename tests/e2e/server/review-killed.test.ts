/** @file A server killed with SIGKILL while it takes a review, or while people decide it: nothing is half-applied. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient } from '@capstan/api'
import { runningServer } from '@capstan/server'
import { afterAll, expect, test } from 'vitest'

const workspace = mkdtempSync(join(tmpdir(), 'capstan-killed-'))
let server: ChildProcess | undefined
afterAll(() => {
  server?.kill('SIGKILL')
  rmSync(workspace, { recursive: true, force: true })
})

async function start(): Promise<Client> {
  rmSync(join(workspace, 'server.json'), { force: true })
  const child = spawn(process.execPath, [join(import.meta.dirname, 'killable.mjs'), workspace], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  server = child
  for (;;) {
    const running = await runningServer(workspace)
    if (running) return createClient({ baseUrl: running.address })
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`)
    await pause(20)
  }
}

const pause = (ms: number) => new Promise((resume) => setTimeout(resume, ms))

async function kill(): Promise<void> {
  const child = server!
  const gone = new Promise<void>((done) => child.once('exit', () => done()))
  child.kill('SIGKILL')
  await gone
}

/** Everything that a review may write, and how long the audit log is. */
async function stateOf(capstan: Client) {
  const [reviews, initiatives, keyResults, pools, risks, budgets, cycles, tasks, snapshots] =
    await Promise.all([
      capstan.review.list({}),
      capstan.strategy.initiatives({}),
      capstan.strategy.keyResults({}),
      capstan.resources.pools(),
      capstan.risk.list(),
      capstan.resources.budgets(),
      capstan.cycles.list(),
      capstan.team.tasks(),
      capstan.review.snapshots(),
    ])
  return {
    ...{ reviews, initiatives, pools, risks, budgets, cycles, tasks, snapshots },
    keyResults: keyResults.map(({ id, target, due }) => ({ id, target, due })),
  }
}
type State = Awaited<ReturnType<typeof stateOf>>

const bets = 8

async function prepare(capstan: Client): Promise<void> {
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()
  const cycle = await capstan.cycles.create({ body: { name: 'One', start: inDays(-9), end: inDays(20) } })
  const { id: objectiveId } = await capstan.strategy.createObjective({
    body: { cycleId: cycle.id, title: 'O' },
  })
  for (let i = 0; i < 8; i++) {
    const { id: measureId } = await capstan.measures.create({
      body: {
        ...{ key: `m${i}`, name: `M${i}`, unit: 'points', direction: 'up', scale: 'linear' },
        query: { source: 'typed' },
      },
    })
    await capstan.strategy.createKeyResult({
      body: { objectiveId, title: `K${i} at least 5`, measureId, target: 5, due: inDays(20) },
    })
  }
  const pool = await capstan.resources.createPool({
    body: { name: 'GPU', kind: 'compute', unit: 'h', capacity: [30, 30], rate: 3 },
  })
  for (let i = 0; i < bets; i++) {
    await capstan.strategy.createInitiative({
      body: {
        ...{ cycleId: cycle.id, name: `Bet ${i}`, chance: { alpha: 5, beta: 5 } },
        ...{ needs: { [pool.id]: [5 + i] }, value: { low: 900 + i, mode: 1000 + i, high: 1100 + i } },
      },
    })
  }
  const { id } = await capstan.resources.solve({ body: { cycleId: cycle.id, lambda: 0 } })
  await capstan.resources.approve({ params: { id }, body: {} })
}

/** Where a decision cannot stop half-way: open proposals on a plan that was not touched, or all of it. */
function expectWhole(before: State, after: State, accepted: readonly string[]): 'nothing' | 'everything' {
  const review = after.reviews.find(({ proposals }) => proposals.some(({ id }) => accepted.includes(id)))!
  const decided = review.proposals.filter(({ id, state }) => accepted.includes(id) && state === 'accepted')
  if (decided.length === 0) {
    expect(after).toEqual(before)
    return 'nothing'
  }
  expect(decided).toHaveLength(accepted.length)
  expect(after.cycles).toHaveLength(before.cycles.length + 1)
  expect(after.pools[0]!.capacity).not.toEqual(before.pools[0]!.capacity)
  expect(after.tasks.length).toBeGreaterThan(before.tasks.length)
  return 'everything'
}

test('killed while a review is taken: there is no review, or the whole of it', async () => {
  let capstan = await start()
  await prepare(capstan)
  const seen = new Set<string>()
  for (let round = 0; round < 4; round++) {
    const before = await stateOf(capstan)
    const taken = capstan.review.create({ body: {} }).catch(() => undefined)
    await pause(round * 60)
    await kill()
    await taken
    capstan = await start()
    const after = await stateOf(capstan)
    const more = after.reviews.length - before.reviews.length
    seen.add(more === 0 ? 'nothing' : 'everything')
    if (more === 0) expect(after).toEqual(before)
    else {
      expect(after.snapshots).toHaveLength(before.snapshots.length + 1)
      expect(after.reviews[0]!.after.id).toBe(after.snapshots[0]!.id)
      expect(after.reviews[0]!.proposals.length).toBeGreaterThan(0)
    }
    expect(await capstan.loop.verifyActivity()).toMatchObject({ intact: true })
  }
  expect(seen).toContain('nothing')
  // and then it can be taken
  expect((await capstan.review.create({ body: {} })).proposals.length).toBeGreaterThan(0)
})

test('killed while people decide: every accepted proposal is applied, or none, and it can be decided again', async () => {
  let capstan = createClient({ baseUrl: (await runningServer(workspace))!.address })
  const seen: string[] = []
  const rounds = 5
  for (let round = 0; round < rounds; round++) {
    const review = await capstan.review.create({ body: {} })
    const more = await capstan.review.propose({
      params: { id: review.id },
      body: { change: { kind: 'extend-pool', poolId: (await capstan.resources.pools())[0]!.id, amount: 7 } },
    })
    const before = await stateOf(capstan)
    const measures = review.proposals.filter(({ kind }) => kind === 'measure')
    expect(measures.length).toBeGreaterThan(0)
    const accepted = [more, ...measures].map(({ id }) => id)
    const decide = () =>
      capstan.review.decideAll({
        params: { id: review.id },
        body: { decisions: accepted.map((proposalId) => ({ proposalId, decision: 'accept' as const })) },
      })
    const decided = decide().then(
      () => true,
      () => false,
    )
    // from before the server has read it to after it has answered
    if (round === rounds - 1) await decided
    else await pause(round * 8)
    await kill()
    const acknowledged = await decided
    capstan = await start()
    const found = expectWhole(before, await stateOf(capstan), accepted)
    seen.push(found)
    if (acknowledged) expect(found).toBe('everything')
    expect(await capstan.loop.verifyActivity()).toMatchObject({ intact: true })
    if (found === 'nothing') await decide()
    expect(expectWhole(before, await stateOf(capstan), accepted)).toBe('everything')
  }
  expect(new Set(seen)).toEqual(new Set(['nothing', 'everything']))
})
