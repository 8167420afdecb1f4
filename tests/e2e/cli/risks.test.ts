/** @file `capstan risks` on a real workspace: register, catalogue, simulation, mitigations, incidents, appetite. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWorld, type World } from '../server/world.ts'
import { start } from './capstan.ts'

let world: World
const run = (words: string[], lang = 'en') =>
  start(['risks', ...words, '--workspace', world.folder, '--lang', lang]).finished

beforeAll(async () => {
  world = await startWorld({ workers: 0 })
  await world.capstan.cycles.create({
    body: { name: 'One', start: new Date().toISOString(), end: new Date(Date.now() + 864e5).toISOString() },
  })
  const measure = await world.capstan.measures.create({
    body: {
      ...{ key: 'uptime', name: 'Uptime', unit: '1', direction: 'up', scale: 'proportion' },
      query: { source: 'typed' },
    },
  })
  await world.capstan.measures.addPoint({
    params: { id: measure.id },
    body: { value: 0.97, note: 'from the log' },
  })
})
afterAll(() => world.server.close())

test('risks are added in words, taken from the catalogue, and listed', async () => {
  expect((await run(['list'])).out).toContain('capstan risks catalogue')
  const made = await run([
    ...['add', 'Outage', '--frequency', '0.5..2', '--loss', '1000..40000', '--treatment', 'transfer'],
    ...['--reason', 'One region'],
  ])
  expect(made).toMatchObject({ exit: 0, err: '' })
  expect(made.out).toMatch(/Outage\s+1\.\d+ \(0\.50 – 2\.00\)\s+0\s+¥1,000 – ¥40,000\s+¥[\d,]+/)
  expect((await run(['catalogue'])).out).toMatch(/drift\s+The world drifts[\s\S]*NIST AI RMF MEASURE 2\.4/)
  const drift = await run(['from-catalogue', 'drift'], 'zh-CN')
  expect(drift.out).toMatch(/数据漂移[\s\S]*演示/)
  expect((await run(['edit', 'Outage', '--frequency', '1'])).out).toMatch(/Outage\s+1\.00 \(1\.00 – 1\.00\)/)
  const json = JSON.parse((await run(['list', '--json'])).out)
  expect(json.map(({ name }: { name: string }) => name)).toEqual(['Outage', '数据漂移'])
})

test('they are simulated, watched, mitigated, and held against an appetite', async () => {
  expect((await run(['tornado'])).out).toMatch(/Outage\s+loss/)
  expect((await run(['watch', 'Outage', 'uptime', '--amber', '0.98', '--red', '0.95'])).out).toMatch(
    /amber\s+Uptime\s+0\.97/,
  )
  expect((await run(['list'])).out).toContain('×1.50')
  const simulated = await run(['simulate', '--years', '20000', '--seed', '3'])
  expect(simulated.out).toMatch(/1 year in 20 over\s+¥[\d,]+ ± ¥/)
  expect(simulated.out).toContain('20,000 years simulated with seed 3')
  const plan = ['mitigate', 'Outage', 'Second region', '--frequency-factor', '0.2', '--cost', '100']
  expect((await run(plan)).out).toContain('would pay')
  expect((await run(['adopt', 'Second region'])).out).toContain('adopted')
  expect((await run(['appetite'])).out).toContain('No appetite is set')
  expect((await run(['appetite', '1=90%', '2000000=0.1%'])).out).toContain('Simulate them again')
  await run(['simulate', '--years', '20000'])
  const held = await run(['appetite'])
  expect(held.out).toMatch(/¥1(\.00)?\s+90\.00%[\s\S]*✓ within/)
})

test('incidents are recorded and resolved, and teach the frequency', async () => {
  const made = await run(['incident', 'Region down', '--risk', 'Outage', '--severity', 'high'])
  expect(made.out).toMatch(/Region down\s+Outage\s+high\s+-\s+open/)
  expect((await run(['resolve', 'Region down', '--loss', '1200'])).out).toMatch(/¥1,200\s+resolved/)
  const [outage] = await world.capstan.risk.list()
  expect(outage!.now).toMatchObject({ incidents: 1 })
  expect((await run(['incidents'], 'zh-CN')).out).toMatch(/Region down[\s\S]*已解决/)
})

test('what is wrong is said in both languages, and the exit tells it', async () => {
  const words = await run(['add', 'X', '--frequency', 'often', '--loss', '5'])
  expect([words.exit, words.err]).toEqual([64, expect.stringContaining('often is no frequency')])
  expect((await run(['add', 'X', '--frequency', '2..1', '--loss', '5'])).err).toContain(
    'must not go downwards',
  )
  expect((await run(['add', 'X', '--frequency', '2..1', '--loss', '5'], 'zh-CN')).err).toContain(
    '上限不能小于下限',
  )
  expect((await run(['edit', 'Nobody', '--archive'])).exit).toBe(66)
  expect((await run(['appetite', '5'])).exit).toBe(64)
  expect((await run(['watch', 'Outage', 'uptime', '--amber', 'x', '--red', '1'])).err).toContain('--amber')
})
