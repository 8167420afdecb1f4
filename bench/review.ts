/** @file A review over 10,000 runs, 2,000 tasks, 200 decisions and 100 risks, deciding it, and how soon other browsers see a change. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient } from '@capstan/api'
import { type Figure, median } from './figure.ts'
import { fillRuns } from './measures/runs.ts'
import { openPage } from './review/browser.ts'
import { fillPlan } from './review/fill.ts'
import { type Ours, startOurs } from './tracking/ours.ts'

const smoke = process.env.CAPSTAN_BENCH_SMOKE === '1'
const RUNS = smoke ? 200 : 10_000
const AMOUNTS = smoke ? { tasks: 40, decisions: 10, risks: 8 } : { tasks: 2000, decisions: 200, risks: 100 }
const INITIATIVES = smoke ? 6 : 40
const KEY_RESULTS = smoke ? 3 : 12
const POINTS = smoke ? 10 : 60
const MEMBERS = smoke ? 3 : 20
const ROUNDS = smoke ? 1 : 5
const BROWSERS = smoke ? 3 : 8
const CHANGES = smoke ? 3 : 30
/** Shorter pauses than the clock of the event loop ticks are not seen. */
const leastPauseMs = 1
const target = { reviewMs: 2000, stallMs: 100, reachMs: 300 }

export async function run(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'capstan-bench-review-'))
  try {
    return await compare(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function compare(folder: string): Promise<Figure[]> {
  let server = await startOurs(folder)
  const template = await prepare(createClient({ baseUrl: server.address }))
  await server.stop()
  fillRuns(folder, template, RUNS, MEMBERS, Date.now())
  fillPlan(folder, AMOUNTS)
  server = await startOurs(folder, join(process.cwd(), 'packages/web/dist'))
  const client = createClient({ baseUrl: server.address })
  const figures: Figure[] = []
  const add = (name: string, ours: number, peer: string, theirs: number, unit = 'ms') =>
    figures.push({ bench: 'review', figure: name, ours, peer, theirs, unit, ratio: theirs / ours })

  await client.review.create({ body: {} })
  const taken = await timed(server, () => client.review.create({ body: {} }))
  const { proposals, id, thoughtMs } = (await client.review.list({ query: { limit: 1 } }))[0]!
  const facts = `${RUNS} runs, ${AMOUNTS.tasks} tasks, ${AMOUNTS.decisions} decisions, ${AMOUNTS.risks} risks`
  console.log(`${facts}: ${proposals.length} proposals, thought for ${thoughtMs?.toFixed(0)} ms`)
  add('a review', taken.ms, 'target', target.reviewMs)
  add('longest pause of the server during it', taken.stallMs, 'target', target.stallMs)
  const peer = askPandas(folder)
  if (peer !== null) add('a review', taken.ms, 'pandas: sums and scores alone', peer)
  const asked = proposals.filter(({ effects }) => effects).map((proposal) => ({ id: proposal.id }))
  const imagined = await timed(server, () =>
    client.review.whatIf({ body: { proposals: asked.slice(0, 10), resolve: true } }),
  )
  add('what if ten were accepted, allocation solved anew', imagined.ms, 'target', target.reviewMs)

  const idle = await reach(server, client)
  add(`a change reaches ${BROWSERS} open streams, 95th percentile`, idle, 'target', target.reachMs)
  let thinking = true
  const busy = (async () => {
    while (thinking) await client.review.create({ body: {} })
  })()
  const during = await reach(server, client)
  thinking = false
  await busy
  add('the same while reviews are taken', during, 'target', target.reachMs)
  const shown = await reachPage(server, client)
  if (shown !== null)
    add('a change is shown by another browser, 95th percentile', shown, 'target', target.reachMs)

  const newest = (await client.review.list({ query: { limit: 1 } }))[0]!
  const accepted = newest.proposals.filter(
    ({ kind }) => kind !== 'stop-initiative' && kind !== 'start-initiative',
  )
  await server.report()
  const began = performance.now()
  await client.review.decideAll({
    params: { id: newest.id ?? id },
    body: { decisions: accepted.map((p) => ({ proposalId: p.id, decision: 'accept' as const })) },
  })
  add(
    `${accepted.length} proposals decided, next cycle opened`,
    performance.now() - began,
    'target',
    target.reviewMs,
  )
  const paused = Math.max(leastPauseMs, (await server.report()).stallMs)
  add('longest pause of the server while deciding', paused, 'target', target.stallMs)
  await server.stop()
  return figures
}

/** A plan with goals, histories, people, bets and an approved allocation; and one run, task, decision and risk to copy. */
async function prepare(client: Client): Promise<string> {
  const day = (n: number) => new Date(Date.now() + n * 86_400_000).toISOString()
  // the runs go back five hundred days, and all of them count
  const cycle = await client.cycles.create({ body: { name: 'C', start: day(-510), end: day(60) } })
  for (let i = 0; i < KEY_RESULTS; i++) {
    const { id: objectiveId } = await client.strategy.createObjective({
      body: { cycleId: cycle.id, title: `Objective ${i}` },
    })
    const measure = await client.measures.create({
      body: {
        ...{ key: `kr-${i}`, name: `KR ${i}`, unit: '1', direction: 'up', scale: 'proportion' },
        query: { source: 'typed' },
      },
    })
    for (let k = POINTS; k > 0; k--) {
      await client.measures.addPoint({
        params: { id: measure.id },
        body: { value: 0.9 - 0.005 * k + 0.01 * Math.sin(7 * k + i), at: day(-k), note: 'counted' },
      })
    }
    await client.strategy.createKeyResult({
      body: {
        ...{ objectiveId, title: `KR ${i} at least 93%`, measureId: measure.id },
        ...{ target: 0.93, baseline: 0.5, due: day(60) },
      },
    })
  }
  const members: string[] = []
  for (let i = 0; i < MEMBERS; i++) {
    members.push((await client.members.create({ body: { name: `Member ${i}`, roles: ['engineer'] } })).id)
  }
  const pools: string[] = []
  for (const [i, kind] of (['compute', 'compute', 'cash'] as const).entries()) {
    const { id } = await client.resources.createPool({
      body: {
        ...{ name: `Pool ${i}`, kind, unit: kind === 'cash' ? 'CNY' : 'h', rate: kind === 'cash' ? 1 : 12 },
        capacity: Array.from({ length: 12 }, () => INITIATIVES * 20),
      },
    })
    pools.push(id)
  }
  for (let i = 0; i < INITIATIVES; i++) {
    const worth = 20_000 + 997 * ((i * 37) % 41)
    await client.strategy.createInitiative({
      body: {
        ...{ cycleId: cycle.id, name: `Bet ${i}`, chance: { alpha: 3 + (i % 5), beta: 4 } },
        value: { low: 0.6 * worth, mode: worth, high: 1.5 * worth },
        needs: Object.fromEntries(pools.map((id, p) => [id, [30 + ((i * (p + 3)) % 50), 40, 30]])),
        ...{ earliest: 0, latest: 9, estimatorId: members[i % members.length]! },
      },
    })
  }
  const initiatives = await client.strategy.initiatives({})
  await client.team.createTask({
    body: { title: 'Task', initiativeId: initiatives[0]!.id, assigneeId: members[0]!, estimateDays: 2 },
  })
  await client.risk.create({
    body: {
      ...{ name: 'Risk', frequency: { alpha: 2, beta: 4 } },
      loss: { kind: 'lognormal', low: 1000, high: 9000 },
    },
  })
  const { id } = await client.resources.solve({ body: { cycleId: cycle.id, lambda: 0.2 } })
  await client.resources.approve({ params: { id }, body: {} })
  const run = await client.tracking.start({
    body: { name: 'template', tags: { team: 'none' }, params: { lr: '0.01' } },
  })
  await client.tracking.log({
    params: { id: run.id },
    body: { metrics: [{ key: 'acc', step: 1, value: 0.5, at: Date.now() }] },
  })
  await client.tracking.change({ params: { id: run.id }, body: { state: 'finished' } })
  return run.id
}

async function timed(server: Ours, work: () => Promise<unknown>): Promise<{ ms: number; stallMs: number }> {
  const rounds: { ms: number; stallMs: number }[] = []
  for (let i = 0; i < ROUNDS; i++) {
    await server.report()
    const began = performance.now()
    await work()
    rounds.push({ ms: performance.now() - began, stallMs: (await server.report()).stallMs })
  }
  return {
    ms: median(rounds.map(({ ms }) => ms)),
    stallMs: Math.max(...rounds.map(({ stallMs }) => stallMs)),
  }
}

const latest95 = (taken: readonly number[]): number =>
  taken.toSorted((a, b) => a - b)[Math.min(taken.length - 1, Math.floor(0.95 * taken.length))]!

/** From sending a change until every open stream has told of it. */
async function reach({ address }: Ours, client: Client): Promise<number> {
  const stop = new AbortController()
  const heard: ((seq: number) => void)[] = []
  const streams = Array.from({ length: BROWSERS }, (_, i) => {
    const other = createClient({ baseUrl: address })
    return new Promise<void>((resolve) => {
      void (async () => {
        for await (const { kind, id } of other.events({ signal: stop.signal, onOpen: resolve })) {
          if (kind === 'task.moved' && id === movedTask) heard[i]?.(0)
        }
      })().catch(() => undefined)
    })
  })
  await Promise.all(streams)
  const taken: number[] = []
  for (let i = 0; i < CHANGES; i++) {
    const all = Promise.all(
      Array.from(
        { length: BROWSERS },
        (_, k) => new Promise<void>((resolve) => (heard[k] = () => resolve())),
      ),
    )
    const began = performance.now()
    await move(client)
    await all
    taken.push(performance.now() - began)
  }
  stop.abort()
  return latest95(taken)
}

const movedTask = 'task_bench_1'
let next: 'blocked' | 'doing' = 'blocked'

async function move(client: Client): Promise<void> {
  await client.team.moveTask({ params: { id: movedTask }, body: { state: next } })
  next = next === 'blocked' ? 'doing' : 'blocked'
}

/** From sending a change until the first page, open in a real browser, shows it. */
async function reachPage({ address }: Ours, client: Client): Promise<number | null> {
  const page = await openPage(address)
  if (page === null) {
    console.log('there is no Chromium; its figure is left out')
    return null
  }
  try {
    await page.shows('“Task 1” is')
    const taken: number[] = []
    for (let i = 0; i < CHANGES; i++) {
      const state = next
      const began = performance.now()
      const shown = page.shows(`“Task 1” is ${state}`)
      await move(client)
      await shown
      taken.push(performance.now() - began)
    }
    return latest95(taken)
  } finally {
    await page.close()
  }
}

function askPandas(folder: string): number | null {
  const python = join(process.cwd(), '.cache/bench-pandas/bin/python')
  if (!existsSync(python)) {
    console.log('pandas is not installed (npm run bench -- measures does it); its figure is left out')
    return null
  }
  const answer = execFileSync(python, [join(process.cwd(), 'bench/review/peer.py'), folder, String(ROUNDS)])
  return (JSON.parse(answer.toString()) as { ms: number }).ms
}
