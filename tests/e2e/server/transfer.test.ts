/** @file The whole workspace out and in again: equal, verifiable, and refused whole where it is not sound. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keepDesign, refusalOf, startWorld, uploadDigits, type World, waitFor } from './world.ts'

let world: World
let lines: string[]
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()

async function fill({ capstan, server }: World): Promise<void> {
  const ann = await capstan.members.create({ body: { name: '安 <b>Ann</b>', roles: ['lead'] } })
  const cycle = await capstan.cycles.create({
    body: { name: 'Cycle 1', start: inDays(-10), end: inDays(20) },
  })
  const data = await uploadDigits(capstan, 200, 50)
  const design = await keepDesign(capstan)
  const [score, accuracy] = [
    await capstan.measures.create({
      body: {
        ...{ key: 'score', name: 'Score', unit: 'points', direction: 'up', scale: 'linear' },
        query: { source: 'typed' },
      },
    }),
    await capstan.measures.create({
      body: {
        ...{ key: 'accuracy', name: 'Accuracy', unit: '1', direction: 'up', scale: 'proportion' },
        query: { source: 'evaluation', statistic: 'accuracy', datasetId: data.datasetId },
      },
    }),
  ]
  for (const [ago, value] of [
    [9, 50],
    [3, 62],
  ] as const)
    await capstan.measures.addPoint({
      params: { id: score.id },
      body: { value, at: inDays(-ago), note: 'counted' },
    })
  const objective = await capstan.strategy.createObjective({
    body: { cycleId: cycle.id, title: 'Read digits', ownerId: ann.id },
  })
  for (const measure of [score, accuracy])
    await capstan.strategy.createKeyResult({
      body: {
        ...{ objectiveId: objective.id, title: measure.name, measureId: measure.id },
        ...{ target: measure === score ? 90 : 0.9, due: inDays(20) },
      },
    })
  const pool = await capstan.resources.createPool({
    body: { name: 'Machine', kind: 'compute', unit: 'min', capacity: [100, 100, 100, 100, 100], rate: 0.1 },
  })
  const initiative = await capstan.strategy.createInitiative({
    body: {
      ...{ cycleId: cycle.id, name: 'Train', value: { low: 1, mode: 5, high: 9 } },
      ...{
        chance: { alpha: 2, beta: 1 },
        needs: { [pool.id]: [50] },
        designId: design.id,
        estimatorId: ann.id,
      },
    },
  })
  const allocation = await capstan.resources.solve({ body: { cycleId: cycle.id, lambda: 0.1 } })
  await capstan.resources.approve({ params: { id: allocation.id }, body: {} })
  const risk = await capstan.risk.create({
    body: {
      ...{ name: 'Drift', frequency: { alpha: 2, beta: 2 }, ownerId: ann.id },
      loss: { kind: 'lognormal', low: 100, high: 1000 },
    },
  })
  await capstan.risk.createIndicator({
    body: { riskId: risk.id, measureId: accuracy.id, amber: 0.8, red: 0.5 },
  })
  await capstan.team.createTask({
    body: { title: '=cmd|calc', initiativeId: initiative.id, assigneeId: ann.id, estimateDays: 2 },
  })
  const { run } = await capstan.runs
    .create({
      body: {
        ...{ name: 'train', designId: design.id, datasetVersionId: data.id, initiativeId: initiative.id },
        parameters: { epochs: 1, batchSize: 32, seed: 3 },
      },
    })
    .then((made) => ({ run: made }))
  await waitFor(capstan, run.id, ['finished'])
  const tracked = await capstan.tracking.start({
    body: { name: 'tracked', experiment: 'outside', params: { lr: '0.1' }, tags: { team: 'a' } },
  })
  await capstan.tracking.log({
    params: { id: tracked.id },
    body: {
      metrics: [1, 'NaN', 'Infinity', 0.25].map((value, step) => ({
        ...{ key: 'loss', value: value as number, step, at: 1_700_000_000_000 + step },
      })),
    },
  })
  await capstan.tracking.change({ params: { id: tracked.id }, body: { state: 'finished' } })
  await fetch(`${server.address}/api/2.0/mlflow/logged-models`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ experiment_id: '0', source_run_id: tracked.id, name: 'logged' }),
  })
  await capstan.review.create({ body: {} })
}

beforeAll(async () => {
  world = await startWorld()
  await fill(world)
  lines = await exported(world)
})
afterAll(() => world.server.close())

async function exported({ server }: World, query = ''): Promise<string[]> {
  const response = await fetch(`${server.address}/api/v1/workspace/export${query}`)
  expect(response.status).toBe(200)
  return (await response.text()).trimEnd().split('\n')
}

/** What an import of these lines into a new workspace answers; the workspace is told what became of it. */
async function imported<T>(
  document: readonly string[] | string,
  look: (made: World) => Promise<T>,
  query: { check?: boolean } = {},
): Promise<T> {
  const made = await startWorld({ workers: 0 })
  try {
    const text = typeof document === 'string' ? document : `${document.join('\n')}\n`
    await made.capstan.workspace.import({ query, body: Buffer.from(text) })
    return await look(made)
  } finally {
    await made.server.close()
  }
}

const records = (document: readonly string[]) =>
  document.slice(1).filter((line) => !/"workspace\.imported"/.test(line))
const parsed = (line: string) => JSON.parse(line) as { table: string; record: Record<string, unknown> }

test('a workspace that was exported and imported exports the same, and its history is still whole', async () => {
  const again = await imported(lines, async (made) => {
    const { intact, entries } = await made.capstan.loop.verifyActivity()
    const history = lines.filter((line) => line.startsWith('{"table":"audit"')).length
    expect({ intact, entries }).toEqual({ intact: true, entries: history + 1 })
    // and it works on
    expect((await made.capstan.loop.get()).keyResults.map(({ measure }) => measure.latest?.value)).toEqual(
      (await world.capstan.loop.get()).keyResults.map(({ measure }) => measure.latest?.value),
    )
    await made.capstan.members.create({ body: { name: 'Ben', roles: ['viewer'] } })
    await made.capstan.experiments.create({ body: { name: 'next' } })
    return exported(made)
  })
  const added = new Set(
    again
      .slice(1)
      .filter((line) => !lines.includes(line))
      .map((line) => parsed(line).table),
  )
  expect(records(lines).filter((line) => !again.includes(line))).toEqual([])
  expect([...added].sort()).toEqual(['audit', 'experiments', 'members'])
})

test('files come along where they are asked for, byte for byte', async () => {
  const whole = await exported(world, '?files=true')
  const blobs = new Map<string, ReturnType<typeof createHash>>()
  for (const line of whole.filter((text) => text.startsWith('{"blob"'))) {
    const { blob, data } = JSON.parse(line) as { blob: string; data: string }
    const hash = blobs.get(blob) ?? createHash('sha256')
    blobs.set(blob, hash.update(Buffer.from(data, 'base64')))
  }
  expect(blobs.size).toBeGreaterThanOrEqual(5)
  for (const [blob, hash] of blobs) expect(hash.digest('hex')).toBe(blob)
  await imported(whole, async ({ capstan }) => {
    for (const hash of blobs.keys())
      expect((await capstan.blobs.get({ params: { hash } })).length).toBeGreaterThan(0)
  })
})

test('points may stay behind', async () => {
  const without = await exported(world, '?points=false')
  expect(without.some((line) => /^\{"table":"metric_/.test(line))).toBe(false)
  await imported(without, async ({ capstan }) => {
    expect((await capstan.runs.list()).map(({ name }) => name)).toContain('tracked')
  })
})

test('no secret is in the document, and it says what it leaves out', async () => {
  const { server, capstan } = world
  expect(lines.join('\n')).not.toContain(server.workerToken)
  const tables = await capstan.workspace.tables()
  expect(tables.filter(({ leftOut }) => leftOut !== null).length).toBeGreaterThan(0)
  expect(tables.every(({ records, leftOut }) => (records === null) !== (leftOut === null))).toBe(true)
})

test('a table as CSV has a column for every field, and no cell that a spreadsheet would run', async () => {
  const response = await fetch(`${world.server.address}/api/v1/workspace/export/tasks.csv`)
  expect(response.headers.get('content-type')).toContain('text/csv')
  const [head, row] = (await response.text()).split('\r\n')
  expect(head).toContain('title')
  expect(row).toContain("'=cmd|calc")
  const none = await fetch(`${world.server.address}/api/v1/workspace/export/passwords`)
  expect(none.status).toBe(404)
})

describe('a document that is not sound is refused whole', () => {
  const find = (table: string) => lines.findIndex((line) => line.startsWith(`{"table":"${table}"`))
  const change = (table: string, with_: (record: Record<string, unknown>) => void) => {
    const at = find(table)
    const { record } = parsed(lines[at]!)
    with_(record)
    return lines.with(at, JSON.stringify({ table, record }))
  }
  const cases: [string, () => string[] | string, RegExp][] = [
    ['nothing', () => '', /neither lines of JSON/],
    ['a text', () => 'hello', /neither lines of JSON/],
    ['another format', () => lines.with(0, '{"format":"other","version":1}'), /capstan-workspace/],
    ['a newer format', () => lines.with(0, '{"format":"capstan-workspace","version":2}'), /version 2/],
    ['a cut line', () => lines.with(5, lines[5]!.slice(0, -9)), /line 6 is cut off/],
    ['an unknown table', () => [...lines, '{"table":"wizards","record":{}}'], /wizards/],
    ['secrets', () => [...lines, '{"table":"workers","record":{}}'], /not read/],
    ['a record without its name', () => change('risks', (r) => delete r.name), /risks .*name/],
    [
      'a stray field',
      () => change('members', (r) => Object.assign(r, { passwordHash: 'x' })),
      /members .*passwordHash/,
    ],
    ['a wrong type', () => change('cycles', (r) => Object.assign(r, { number: 'one' })), /cycles .*number/],
    ['the same record twice', () => [...lines, lines[find('members')]!], /twice/],
    ['a missing member', () => lines.toSpliced(find('members'), 1), /names members/],
    ['a missing pool', () => lines.toSpliced(find('pools'), 1), /names pools/],
    ['a missing run', () => lines.toSpliced(find('runs'), 1), /names runs/],
    ['a history with a gap', () => lines.toSpliced(find('audit') + 3, 1), /broken at entry 4/],
    [
      'an edited history',
      () => change('audit', (r) => Object.assign(r, { actor: 'nobody' })),
      /broken at entry 1/,
    ],
    [
      'a false file',
      () => [...lines, `{"blob":"${'a'.repeat(64)}","bytes":1,"part":0,"data":"AA=="}`],
      /not those of the file/,
    ],
  ]
  test.each(cases)(
    '%s',
    async (_, spoil, says) => {
      const made = await startWorld({ workers: 0 })
      const document = spoil()
      const body = Buffer.from(typeof document === 'string' ? document : `${document.join('\n')}\n`)
      for (const query of [{ check: true }, {}]) {
        const refusal = await refusalOf(made.capstan.workspace.import({ query, body }))
        expect(refusal).toMatchObject({ status: 422, code: 'transfer/invalid' })
        expect(refusal.message).toMatch(says)
      }
      expect((await exported(made)).length).toBe(2)
      await made.server.close()
    },
    30_000,
  )
})

test('a workspace that holds something is left alone', async () => {
  const refusal = await refusalOf(world.capstan.workspace.import({ body: Buffer.from(lines.join('\n')) }))
  expect(refusal).toMatchObject({ status: 409, code: 'transfer/not-empty' })
  expect(await exported(world)).toHaveLength(lines.length)
})

test('nothing starts by itself: runs that waited are cancelled', async () => {
  const at = lines.findIndex((line) => /^\{"table":"runs".*"kind":"train"/.test(line))
  const { record } = parsed(lines[at]!)
  const waiting = lines.with(
    at,
    JSON.stringify({ table: 'runs', record: { ...record, state: 'queued', endedAt: null } }),
  )
  const made = await startWorld()
  const report = await made.capstan.workspace.import({ body: Buffer.from(waiting.join('\n')) })
  expect(report.cancelled).toEqual({ runs: 1, sweeps: 0 })
  expect((await made.capstan.runs.get({ params: { id: String(record.id) } })).state).toBe('cancelled')
  await made.server.close()
}, 60_000)

test('a document written by hand needs only what it speaks of', async () => {
  const document = JSON.stringify(
    {
      format: 'capstan-workspace',
      version: 1,
      workspace: { name: 'Demonstration', language: 'zh-CN', demonstration: true },
      tables: {
        members: [
          {
            ...{ id: 'ann', name: '安', roles: ['owner'], skills: ['nlp'], daysPerPeriod: 5 },
            ...{ origin: 'demonstration', createdAt: '2026-01-01T00:00:00Z' },
          },
        ],
        measures: [
          {
            ...{ id: 'mau', key: 'mau', name: '月活', unit: '人', direction: 'up', scale: 'log' },
            ...{ staleAfterDays: 3650, query: { source: 'typed' } },
          },
          {
            ...{ id: 'failed', key: 'failed', name: '失败', unit: '1', direction: 'down', scale: 'linear' },
            ...{ staleAfterDays: 30, query: { source: 'query', of: 'run', statistic: 'count' } },
          },
        ],
        measure_histories: [100, 120, 150].map((value, month) => ({
          ...{ measure_id: 'mau', at: `2026-0${month + 1}-01T00:00:00Z`, value, origin: 'demonstration' },
          evidence: { noun: 'member', id: 'ann', note: '示例' },
        })),
        risks: [
          {
            ...{ id: 'r1', name: '泄露', description: '', frequency: { alpha: 1, beta: 2 } },
            ...{ frequencyFactor: 1, loss: { kind: 'lognormal', low: 1, high: 9 }, commonCause: 0 },
            ...{ ownerId: 'ann', treatment: 'reduce', origin: 'demonstration' },
          },
        ],
        indicators: [
          { id: 'i1', riskId: 'r1', measureId: 'mau', amber: 200, red: 110, state: 'unknown', value: null },
        ],
      },
    },
    null,
    2,
  )
  await imported(document, async ({ capstan }) => {
    expect(await capstan.workspace.get()).toMatchObject({ name: 'Demonstration', language: 'zh-CN' })
    const [mau] = await capstan.measures.list()
    expect(mau).toMatchObject({ state: 'live', latest: { value: 150, origin: 'demonstration' } })
    expect(await capstan.measures.points({ params: { id: 'mau' } })).toHaveLength(3)
    expect((await capstan.risk.indicators())[0]).toMatchObject({ state: 'amber', value: 150 })
    const history = await capstan.loop.activity({ query: {} })
    expect(history.at(-1)!.kind).toBe('indicator.turned')
    expect(history[0]!.kind).toBe('workspace.imported')
  })
})
