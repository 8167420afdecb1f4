/** @file `capstan review` on a real workspace: taking, showing, proposing, what-ifs, deciding one and several, the history. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWorld, type World } from '../server/world.ts'
import { start } from './capstan.ts'

let world: World
const run = (words: string[], lang = 'en') =>
  start(['review', ...words, '--workspace', world.folder, '--lang', lang]).finished

beforeAll(async () => {
  world = await startWorld({ workers: 0 })
  const { capstan } = world
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()
  const cycle = await capstan.cycles.create({ body: { name: 'One', start: inDays(-10), end: inDays(20) } })
  const objective = await capstan.strategy.createObjective({
    body: { cycleId: cycle.id, title: 'Understand speech' },
  })
  for (const key of ['accuracy', 'blind']) {
    const measure = await capstan.measures.create({
      body: {
        ...{ key, name: key, unit: '1', direction: 'up', scale: 'proportion' },
        query: { source: 'typed' },
      },
    })
    await capstan.strategy.createKeyResult({
      body: {
        ...{ objectiveId: objective.id, title: `${key} at least 90%`, measureId: measure.id },
        ...{ target: 0.9, baseline: 0.5, due: inDays(20) },
      },
    })
    if (key === 'blind') continue
    for (const [ago, value] of [
      [8, 0.7],
      [5, 0.76],
      [2, 0.84],
    ] as const)
      await capstan.measures.addPoint({
        params: { id: measure.id },
        body: { value, at: inDays(-ago), note: 'counted' },
      })
  }
  const pool = await capstan.resources.createPool({
    body: { name: 'GPU', kind: 'compute', unit: 'h', capacity: [50, 50], rate: 12 },
  })
  for (const [name, mode, hours] of [
    ['Speech', 9000, 45],
    ['Vision', 4000, 40],
  ] as const)
    await capstan.strategy.createInitiative({
      body: {
        ...{ cycleId: cycle.id, name, chance: { alpha: 6, beta: 4 }, needs: { [pool.id]: [hours, hours] } },
        value: { low: mode, mode, high: mode },
      },
    })
  await capstan.risk.create({
    body: {
      ...{ name: 'Leak', frequency: { alpha: 2, beta: 4 } },
      loss: { kind: 'lognormal', low: 1000, high: 9000 },
    },
  })
})
afterAll(() => world.server.close())

test('before anything is planned it says what is missing, in either language', async () => {
  const [en, zh] = [await run(['take']), await run(['take'], 'zh-CN')]
  expect(en.exit).not.toBe(0)
  expect(en.err).toContain('no allocation of it was approved')
  expect(zh.err).toContain('尚无可复盘的内容')
  expect((await run(['show'])).exit).toBe(66)
  expect((await run(['history'])).out).toContain('No turn has been reviewed yet.')
})

test('a review tells what was predicted and what came, and what to change', async () => {
  const { capstan } = world
  const [cycle] = await capstan.cycles.list()
  const { id } = await capstan.resources.solve({ body: { cycleId: cycle!.id, lambda: 0 } })
  await capstan.resources.approve({ params: { id }, body: {} })
  const taken = await run(['take'])
  expect(taken).toMatchObject({ exit: 0, err: '' })
  expect(taken.out).toMatch(/What was predicted\s+Predicted\s+80 % interval\s+Came/)
  expect(taken.out).toMatch(/Key result: accuracy\s+\d+\.\d%\s+.* – .*84\.0%/)
  expect(taken.out).toMatch(/1 {2}.*[Mm]easure blind/)
  // not met yet is no outcome before it is due
  expect(taken.out).toMatch(/Decision: .*%\s+-/)
  const zh = await run(['show'], 'zh-CN')
  expect(zh.out).toMatch(/预测对象\s+预测\s+80% 区间\s+实际/)
  expect(zh.out).toContain('调整建议')
})

test('a change of one’s own joins the proposals; wrong words are told', async () => {
  const proposed = await run(['propose', 'extend-pool', 'pool=gpu', 'amount=40', '--note', 'A machine comes'])
  expect(proposed).toMatchObject({ exit: 0, err: '' })
  expect(proposed.out).toMatch(/Extend GPU by 40 h in each period\s+Proposed by owner: A machine comes/)
  const risk = await run(['propose', 'change-risk', 'risk=Leak', 'to=1.5'], 'zh-CN')
  expect(risk.out).toContain('将“Leak”的频率由每年 0.5 次上调到 1.5 次')
  expect(await run(['propose', 'conquer'])).toMatchObject({
    exit: 64,
    err: expect.stringContaining('extend-pool'),
  })
  expect((await run(['propose', 'extend-pool', 'pool=GPU'])).err).toContain('pool=… amount=…')
  expect((await run(['propose', 'extend-pool', 'pool=GPU', 'amount=much'])).err).toContain(
    'wants a number, not much',
  )
  expect((await run(['propose', 'stop-initiative', 'initiative=Nothing'])).exit).toBe(66)
})

test('a what-if shows before and after, and saves nothing', async () => {
  const before = await world.capstan.review.list({})
  const found = await run([
    ...['what-if', '--accept', 'all', '--next'],
    ...['--change', 'change-target key-result="accuracy at least 90%" to=0.8'],
  ])
  expect(found).toMatchObject({ exit: 0, err: '' })
  expect(found.out).toMatch(/Cycle\s+1\s+2/)
  expect(found.out).toMatch(/accuracy\s+target 0\.900, .*%\s+target 0\.800, .*%/)
  expect(found.out).toMatch(/GPU\s+90 of 100 h\s+90 of 180 h/)
  expect(found.out).toMatch(/allocation chooses: .*Speech, Vision|allocation chooses: .*Vision, Speech/)
  expect((await run(['what-if'])).exit).toBe(64)
  const zh = await run(['what-if', '--accept', '99'], 'zh-CN')
  expect(zh.err).toContain('从 1 开始编号')
  expect(await world.capstan.review.list({})).toEqual(before)
})

test('one is rejected, the others are applied together with another number, and the next cycle opens', async () => {
  const rejected = await run(['decide', '1', 'reject', '--note', 'not now'])
  expect(rejected).toMatchObject({ exit: 0, err: '' })
  expect(rejected.out).toMatch(/rejected: .*\nThe plan is now of cycle 1 \(One\)\./)
  const again = await run(['decide', '1', 'accept'])
  expect(again.err).toContain('owner has decided this proposal already: rejected.')
  expect((await run(['decide', '2', 'perhaps'])).exit).toBe(64)
  const { proposals } = (await world.capstan.review.list({}))[0]!
  const extend = proposals.findIndex(({ proposedBy, kind }) => proposedBy && kind === 'extend-pool') + 1
  const risk = proposals.findIndex(({ kind }) => kind === 'change-risk') + 1
  const applied = await run([
    ...['apply', '--accept', `${extend},${risk}`, '--reject', 'rest'],
    ...['--with', `${extend}:amount=30`, '--note', 'as agreed'],
  ])
  expect(applied).toMatchObject({ exit: 0, err: '' })
  expect(applied.out).toContain('The plan is now of cycle 2')
  expect(applied.out).toMatch(/accepted: .*GPU/)
  expect((await world.capstan.resources.pools())[0]!.capacity).toEqual([80, 80])
  expect((await world.capstan.risk.list())[0]!.frequency).toEqual({ alpha: 2, beta: 2 / 1.5 })
})

test('the history of turns tells whether predictions get better', async () => {
  const en = await run(['history'])
  expect(en.out).toMatch(/Cycle\s+Brier score\s+CRPS\s+In 80 % interval/)
  expect(en.out).toMatch(/1 One\s+/)
  expect(en.out).toContain('Chances (Brier score): too few closed turns for a trend')
  const json = JSON.parse((await run(['history', '--json'])).out)
  expect(json.turns).toHaveLength(1)
  expect((await run(['history'], 'zh-CN')).out).toContain('已关闭的轮次太少')
})
