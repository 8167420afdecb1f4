/** @file The commands around resources, and any route by its name, on a real workspace. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWorld, type World } from '../server/world.ts'
import { start } from './capstan.ts'

let world: World
const scratch = mkdtempSync(join(tmpdir(), 'capstan-cli-'))
const run = (words: string[], lang = 'en') =>
  start([...words, '--workspace', world.folder, '--lang', lang]).finished

beforeAll(async () => {
  world = await startWorld({ workers: 0 })
  const { capstan } = world
  const cycle = await capstan.cycles.create({
    body: { name: 'One', start: new Date().toISOString(), end: '2099-01-01T00:00:00.000Z' },
  })
  const made = await run([
    'api',
    'resources.createPool',
    'name=GPU',
    'kind=compute',
    'unit=h',
    'capacity:=[100,100]',
    'rate:=12.5',
  ])
  expect(made).toMatchObject({ exit: 0, err: '' })
  const pool = JSON.parse(made.out)
  for (const [name, mode, hours] of [
    ['Speech', 9000, 90],
    ['Vision', 4000, 40],
  ] as const) {
    await capstan.strategy.createInitiative({
      body: {
        cycleId: cycle.id,
        name,
        value: { low: mode, mode, high: mode },
        chance: { alpha: 5, beta: 5 },
        needs: { [pool.id]: [hours, hours] },
      },
    })
  }
})
afterAll(() => world.server.close())

test('pools, the plan, what one more unit would change, and budgets', async () => {
  expect((await run(['pools'])).out).toMatch(/GPU\s+compute\s+¥12\.5.*h\s+100/)
  const solved = await run(['allocation', 'solve', '--lambda', '0', '--approve'])
  expect(solved.out).toContain('Speech')
  expect(solved.out).toMatch(/Vision\s+Does not fit/)
  const more = await run(['allocation', 'what-if', '--lambda', '0', '--more', 'GPU=+30'])
  expect(more.out).toContain('gains')
  expect(more.out).toContain('Vision')
  const zh = await run(['allocation', 'what-if', '--lambda', '0', '--never', 'Speech'], 'zh-CN')
  expect(zh.out).toContain('方案改变，减少')
  expect((await run(['budgets'])).out).toMatch(/Speech · GPU[\s\S]*Within/)
})

test('what is wrong is said, and the exit tells it', async () => {
  const text = await run(['allocation', 'what-if', '--more', 'GPU'])
  expect([text.exit, text.err]).toEqual([64, expect.stringContaining('GPU=+40')])
  expect((await run(['allocation', 'what-if'])).err).toContain('Say what would change')
  expect((await run(['allocation', 'what-if', '--must', 'Nothing'])).exit).toBe(66)
  expect((await run(['api', 'no.route'])).exit).toBe(64)
  expect((await run(['api', 'resources.createPool', 'name'])).err).toContain('name=text')
  expect((await run(['api', 'resources.pools'])).out).toContain('"GPU"')
  expect((await run(['api'])).out).toMatch(/resources\.whatIf\s+POST\s+\/api\/v1\/allocations\/what-if/)
})

test('the ledger leaves as a file, and cash has its plan in one', async () => {
  const focus = join(scratch, 'focus.csv')
  expect((await run(['ledger', 'focus', focus])).exit).toBe(0)
  expect(readFileSync(focus, 'utf8')).toMatch(/^BilledCost,/)
  const file = join(scratch, 'plan.json')
  writeFileSync(
    file,
    JSON.stringify({ asOf: '2026-01-01', cash: 1000, burn: { low: 100, high: 100 }, horizonMonths: 24 }),
  )
  expect((await run(['runway'])).out).toContain('no plan of cash')
  const planned = await run(['runway', '--plan', file])
  expect(planned.out).toContain('month 11')
  expect(planned.out).toContain('2026-12-01')
  writeFileSync(file, '{')
  expect((await run(['runway', '--plan', file])).exit).toBe(64)
})
