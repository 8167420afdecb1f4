/** @file Leases, budgets, approvals, fair share, cost and bit-equal repetition through the real server. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient, type Run } from '@capstan/api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keepDesign, refusalOf, startWorld, uploadDigits, type World, waitFor } from './world.ts'

const folder = mkdtempSync(join(tmpdir(), 'capstan-execution-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Asked = Partial<Parameters<Client['runs']['command']>[0]['body']>
const sh = ({ capstan }: World, script: string, more: Asked = {}) =>
  capstan.runs.command({
    body: { command: ['sh', '-c', script], folder, machine: hostname(), graceSeconds: 0, ...more },
  })
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()

async function ended({ capstan }: World, id: string): Promise<Run> {
  for (;;) {
    const run = await capstan.runs.get({ params: { id } })
    if (!['queued', 'running'].includes(run.state) && run.worker === null) return run
    await new Promise((resume) => setTimeout(resume, 30))
  }
}

/** Initiatives with an approved budget of compute, in minutes. */
async function fund({ capstan }: World, minutes: Record<string, number>): Promise<Record<string, string>> {
  const cycle = await capstan.cycles.create({ body: { name: 'Cycle', start: inDays(-1), end: inDays(9) } })
  const all = Object.values(minutes).reduce((sum, amount) => sum + amount, 0)
  const pool = await capstan.resources.createPool({
    body: { name: 'Machine', kind: 'compute', unit: 'min', capacity: [all], rate: 6 },
  })
  const ids: Record<string, string> = {}
  for (const [name, amount] of Object.entries(minutes)) {
    const made = await capstan.strategy.createInitiative({
      body: {
        cycleId: cycle.id,
        name,
        value: { low: 8000, mode: 10_000, high: 12_000 },
        chance: { alpha: 8, beta: 2 },
        needs: { [pool.id]: [amount] },
      },
    })
    ids[name] = made.id
  }
  const allocation = await capstan.resources.solve({ body: { cycleId: cycle.id, lambda: 0 } })
  await capstan.resources.approve({ params: { id: allocation.id }, body: {} })
  return ids
}

describe('claims', () => {
  let world: World
  let worker: Client
  beforeAll(async () => {
    world = await startWorld({ workers: 0 })
    worker = createClient({ baseUrl: world.server.address, token: world.server.workerToken })
  })
  afterAll(() => world.server.close())
  const machine = { name: 'far', cores: 8, memoryBytes: 2 ** 34, gpus: 2, slots: 4 }
  const claim = async (name: string) => (await worker.jobs.claim({ body: { worker: name, machine } })).job
  const cost = { cpuSeconds: 3, wallSeconds: 2, peakMemoryBytes: 1 }

  test('go round: many workers at once, each run once', async () => {
    const queued = await Promise.all(Array.from({ length: 6 }, () => sh(world, 'true')))
    const jobs = await Promise.all(Array.from({ length: 20 }, (_, i) => claim(`w${i}`)))
    const got = jobs.flatMap((job) => job?.run.id ?? [])
    expect(got.sort()).toEqual(queued.map(({ id }) => id).sort())
    for (const job of jobs)
      if (job)
        await worker.jobs.exit({
          params: { id: job.run.id },
          body: { worker: job.run.worker!, attempt: 1, cost, ending: { kind: 'exited', code: 0 } },
        })
  })

  test('a worker that has lost its lease can write nothing any more', async () => {
    const { id } = await sh(world, 'true')
    expect((await claim('first'))?.run.id).toBe(id)
    const stale = { worker: 'first', attempt: 1 }
    const params = { id }
    await worker.jobs.release({ params, body: { ...stale, cost } })
    expect((await claim('second'))?.run.id).toBe(id)
    const refusals = await Promise.all([
      refusalOf(worker.jobs.heartbeat({ params, body: { ...stale, cost } })),
      refusalOf(
        worker.jobs.logs({
          params,
          body: { ...stale, pieces: [{ offset: 0, stream: 'stdout', text: 'x' }] },
        }),
      ),
      refusalOf(worker.jobs.capture({ params, body: { ...stale, environment: {}, packages: {} } })),
      refusalOf(worker.jobs.exit({ params, body: { ...stale, cost, ending: { kind: 'exited', code: 0 } } })),
      refusalOf(worker.jobs.release({ params, body: { ...stale, cost } })),
      refusalOf(worker.jobs.fail({ params, body: { ...stale, cost, code: 'x', message: 'x' } })),
    ])
    expect(refusals.map(({ code }) => code)).toEqual(Array(6).fill('run/lease-lost'))
    const run = await world.capstan.runs.get({ params })
    expect(run).toMatchObject({ state: 'running', worker: 'second' })
    expect((await world.capstan.runs.logs({ params })).end).toBe(0)
    const { token: _, ...body } = { worker: 'second', attempt: 1, cost, token: 0 }
    await worker.jobs.exit({ params, body: { ...body, ending: { kind: 'exited', code: 0 } } })
  })

  test('a report that comes twice, or late, is charged once', async () => {
    const { id } = await sh(world, 'true', { gpus: 1 })
    const job = (await claim('gpu'))!
    expect(job.run.execution).toMatchObject({ machine: 'far', gpuIds: [0] })
    const params = { id }
    const holder = { worker: 'gpu', attempt: 1 }
    const at = (wallSeconds: number) => ({
      ...cost,
      wallSeconds,
      gpuSeconds: wallSeconds,
      energyJoules: wallSeconds,
    })
    for (const seconds of [20, 20, 10, 40])
      await worker.jobs.heartbeat({ params, body: { ...holder, cost: at(seconds) } })
    await worker.jobs.exit({ params, body: { ...holder, cost: at(41), ending: { kind: 'exited', code: 0 } } })
    const run = await world.capstan.runs.get({ params })
    expect(run.cost).toMatchObject({ wallSeconds: 41, gpuSeconds: 41, energyJoules: 41 })
    // it held one of two GPUs, so half of the machine
    expect(run.cost.amount).toBe(0)
  })

  test('the least served initiative goes first, a higher priority before that', async () => {
    const ids = await fund(world, { A: 10, B: 30 })
    const order: string[] = []
    for (let i = 0; i < 8; i++)
      for (const name of ['A', 'B'])
        await sh(world, 'true', { name: `${name}${i}`, initiativeId: ids[name]! })
    await sh(world, 'true', { name: 'urgent', priority: 5 })
    for (let i = 0; i < 9; i++) {
      const { run } = (await claim(`s${i}`))!
      order.push(run.name)
      const body = { worker: `s${i}`, attempt: 1, cost: { ...cost, wallSeconds: 40 } }
      await worker.jobs.exit({
        params: { id: run.id },
        body: { ...body, ending: { kind: 'exited', code: 0 } },
      })
    }
    expect(order[0]).toBe('urgent')
    expect(order.filter((name) => name.startsWith('B'))).toHaveLength(6)
    expect(order.filter((name) => name.startsWith('A'))).toHaveLength(2)
    // what it cost: a quarter of the machine for 40 s at 6 a minute
    const run = (await world.capstan.runs.list()).find(({ name }) => name === 'B0')!
    expect(run.cost.amount).toBeCloseTo((40 / 4 / 60) * 6, 9)
  })
})

describe('budgets of commands', () => {
  let world: World
  let ids: Record<string, string>
  beforeAll(async () => {
    world = await startWorld()
    ids = await fund(world, { Small: 1 })
  })
  afterAll(() => world.server.close())

  test('a command that could break the budget is refused, and leaves nothing', async () => {
    const refusal = await refusalOf(sh(world, 'true', { initiativeId: ids.Small!, wallSeconds: 3600 }))
    expect(refusal).toMatchObject({ status: 409, code: 'request/refused' })
    expect(await world.capstan.runs.list()).toEqual([])
  })

  test('or it waits for an approval, and starts with it; rejected it is cancelled', async () => {
    const { capstan } = world
    const ann = await capstan.members.create({ body: { name: 'Ann', roles: ['engineer'] } })
    const bob = await capstan.members.create({ body: { name: 'Bob', roles: ['lead'] } })
    const ask = { initiativeId: ids.Small!, wallSeconds: 3600, onBudget: 'ask' as const }
    expect((await refusalOf(sh(world, 'true', ask))).code).toBe('request/invalid')
    const held = await sh(world, 'true', { ...ask, requestedBy: ann.id })
    expect((await capstan.runs.waiting({ params: { id: held.id } })).message).toMatchObject({
      code: 'queue.approval',
    })
    const vote = (id: string, memberId: string, how: 'approve' | 'reject') =>
      capstan.team.vote({ params: { id }, body: { memberId, role: 'lead', vote: how } })
    const approval = held.execution.approvalId!
    expect((await refusalOf(vote(approval, ann.id, 'approve'))).status).toBe(403)
    await vote(approval, bob.id, 'approve')
    expect((await ended(world, held.id)).state).toBe('finished')
    const second = await sh(world, 'exit 0', { ...ask, requestedBy: ann.id })
    await vote(second.execution.approvalId!, bob.id, 'reject')
    expect((await ended(world, second.id)).state).toBe('cancelled')
  })

  test('runs of one kind teach how long the next will take; failed and cancelled ones cost, too', async () => {
    const { capstan } = world
    writeFileSync(join(folder, 'work.sh'), 'sleep 0.4; exit $1\n')
    const work = (code: string) =>
      capstan.runs.command({
        body: { command: ['sh', 'work.sh', code], folder, machine: hostname(), initiativeId: ids.Small! },
      })
    const first = await work('0')
    expect(first.estimatedSeconds).toBeNull()
    await ended(world, first.id)
    const failed = await work('1')
    expect(failed.estimatedSeconds).toBeGreaterThan(0.3)
    const run = await ended(world, failed.id)
    expect(run.state).toBe('failed')
    const entries = (await capstan.resources.ledger({ query: { initiativeId: ids.Small! } })).filter(
      ({ evidence }) => evidence.id === failed.id,
    )
    expect(entries.reduce((sum, { cost }) => sum + cost, 0)).toBeCloseTo(run.cost.amount, 9)
    expect(run.cost.amount).toBeGreaterThan(0)
  })

  test('a command is ended when it has cost what it may', async () => {
    const { id } = await sh(world, 'sleep 300', { maxAmount: 0.2 })
    const run = await ended(world, id)
    expect(run).toMatchObject({ state: 'failed', error: { code: 'command.overAmount' } })
    // 6 a minute, told every second
    expect(run.cost.amount).toBeGreaterThanOrEqual(0.2)
  })
})

test('of several pools of compute, a run is charged to the one that its initiative was granted', async () => {
  const world = await startWorld()
  try {
    const { capstan } = world
    const first = await capstan.resources.createPool({
      body: { name: 'Laptop', kind: 'compute', unit: 'h', capacity: [1], rate: 1 },
    })
    const { Big: initiativeId } = await fund(world, { Big: 2 })
    const pools = await capstan.resources.pools()
    const granted = pools.find(({ id, kind }) => kind === 'compute' && id !== first.id)!
    const over = await refusalOf(sh(world, 'true', { initiativeId: initiativeId!, wallSeconds: 3600 }))
    expect(over.code).toBe('request/refused')
    const run = await ended(world, (await sh(world, 'sleep 0.2', { initiativeId: initiativeId! })).id)
    const other = await ended(world, (await sh(world, 'sleep 0.2')).id)
    const poolsOf = async (runId: string) =>
      new Set((await capstan.resources.ledger({ query: { runId } })).map(({ poolId }) => poolId))
    expect(await poolsOf(run.id)).toEqual(new Set([granted.id]))
    expect(await poolsOf(other.id)).toEqual(new Set([first.id]))
    const [budget] = await capstan.resources.budgets()
    expect(budget!.used * granted.rate).toBeCloseTo(run.cost.amount, 9)
  } finally {
    await world.server.close()
  }
})

test('a sweep ends when the budget of its initiative allows no further run, and says so', async () => {
  const world = await startWorld()
  try {
    const { capstan } = world
    const { Tiny: initiativeId } = await fund(world, { Tiny: 0.05 })
    const logs = `
      const { CAPSTAN_URL, CAPSTAN_TOKEN, CAPSTAN_RUN_ID } = process.env
      await fetch(CAPSTAN_URL + '/api/v1/tracking/runs/' + CAPSTAN_RUN_ID + '/log', {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer ' + CAPSTAN_TOKEN },
        body: JSON.stringify({ metrics: [{ key: 'loss', at: 1, value: Number(process.argv[2]) }] }),
      })
      setTimeout(() => undefined, 600)`
    writeFileSync(join(folder, 'trial.mjs'), logs)
    const { id } = await capstan.sweeps.start({
      body: {
        name: 'poor',
        plan: {
          space: { x: { type: 'float', low: 0, high: 1 } },
          goal: { metric: 'loss', direction: 'min' },
          method: 'random',
          budget: { runs: 50 },
        },
        subject: {
          kind: 'command',
          input: {
            command: [process.execPath, 'trial.mjs', '{x}'],
            ...{ folder, machine: hostname(), initiativeId: initiativeId! },
          },
        },
      },
    })
    const detail = async () => capstan.sweeps.get({ params: { id } })
    let now = await detail()
    for (; now.sweep.state === 'running'; now = await detail())
      await new Promise((resume) => setTimeout(resume, 100))
    expect(now.sweep).toMatchObject({ state: 'finished', reason: { code: 'budget.break' } })
    expect(now.trials.length).toBeGreaterThan(0)
    expect(now.trials.length).toBeLessThan(50)
    expect(now.trials.every(({ state }) => state === 'finished')).toBe(true)
    expect(now.sweep.best).not.toBeNull()
  } finally {
    await world.server.close()
  }
})

test('built-in training repeats itself bit for bit', async () => {
  const world = await startWorld()
  const { capstan } = world
  const [version, design] = [await uploadDigits(capstan, 600, 50), await keepDesign(capstan)]
  const first = await capstan.runs.create({
    body: {
      name: 'a',
      designId: design.id,
      datasetVersionId: version.id,
      parameters: { epochs: 2, seed: 7 },
    },
  })
  await waitFor(capstan, first.id, ['finished'])
  const again = await capstan.runs.rerun({ params: { id: first.id }, body: {} })
  const run = await waitFor(capstan, again.id, ['finished'])
  expect(run.execution.rerunOf).toBe(first.id)
  const found = await capstan.runs.repetition({ params: { id: again.id } })
  expect(found).toMatchObject({ verdict: 'identical', causes: [], artifacts: { equal: 1, different: [] } })
  expect(found.metrics.map(({ key, equal }) => [key, equal])).toContainEqual(['loss', 'identical'])
  const other = await capstan.runs.create({
    body: {
      name: 'b',
      designId: design.id,
      datasetVersionId: version.id,
      parameters: { epochs: 2, seed: 8 },
    },
  })
  await waitFor(capstan, other.id, ['finished'])
  const compared = await capstan.runs.repetition({ params: { id: other.id }, query: { with: first.id } })
  expect(compared.verdict).toBe('different')
  expect(compared.causes).toEqual([{ area: 'parameters', key: 'seed', before: '7', after: '8' }])
  expect(compared.metrics[0]).toMatchObject({ equal: 'different' })
  await world.server.close()
})

test('the processes of a command end with their worker, although nobody asks them to', async () => {
  const id = `orphan_${process.pid}`
  const file = join(folder, 'worker.mjs')
  const executor = new URL('../../../packages/server/dist/jobs/executors/local.js', import.meta.url).href
  const launch = {
    ...{ runId: id, attempt: 1, argv: ['sh', '-c', 'sleep 300 & sleep 300'], folder },
    ...{ env: { PATH: process.env.PATH }, limits: { wallSeconds: null, memoryBytes: null } },
    ...{ cpus: [], gpus: [], graceSeconds: 1 },
  }
  writeFileSync(
    file,
    `import { localExecutor } from ${JSON.stringify(executor)}
     localExecutor.start(${JSON.stringify(launch)}, () => {})`,
  )
  const worker = spawn(process.execPath, [file], { stdio: 'ignore' })
  const count = () =>
    readdirSync('/proc').filter((pid) => {
      try {
        return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`=run:${id}\0`)
      } catch {
        return false
      }
    }).length
  const until = async (wanted: (n: number) => boolean) => {
    while (!wanted(count())) await new Promise((resume) => setTimeout(resume, 20))
  }
  await until((n) => n >= 3)
  worker.kill('SIGKILL')
  await until((n) => n === 0)
})
