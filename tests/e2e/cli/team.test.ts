/** @file The commands around the team's work on a real workspace, in both languages. */
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWorld, type World } from '../server/world.ts'
import { start } from './capstan.ts'

let world: World
const run = (words: string[], lang = 'en') =>
  start([...words, '--workspace', world.folder, '--lang', lang]).finished

beforeAll(async () => {
  world = await startWorld({ workers: 0 })
  const { capstan } = world
  await capstan.members.create({ body: { name: 'Ann', roles: ['engineer'] } })
  await capstan.members.create({ body: { name: '王芳', roles: ['owner'] } })
  await capstan.cycles.create({
    body: {
      name: 'One',
      start: new Date().toISOString(),
      end: new Date(Date.now() + 30 * 86_400_000).toISOString(),
    },
  })
})
afterAll(() => world.server.close())

test('tasks are added, moved and spoken of by their titles', async () => {
  expect(await run(['tasks', 'add', 'Label', '--assignee', 'ann', '--estimate', '2'])).toMatchObject({
    exit: 0,
  })
  expect(await run(['tasks', 'add', 'Train', '--assignee', 'Ann', '--after', 'Label'])).toMatchObject({
    exit: 0,
  })
  const early = await run(['tasks', 'move', 'Train', 'doing'])
  expect(early.exit).toBe(65)
  expect(early.err).toContain('“Train” waits for: Label.')
  const zh = await run(['tasks', 'move', 'Train', 'doing'], 'zh-CN')
  expect(zh.err).toContain('“Train”需等待：Label。')
  expect((await run(['tasks', 'move', 'Label', 'doing'])).out).toContain('“Label”: doing')
  expect((await run(['tasks', 'move', 'Label', 'lost'])).exit).toBe(64)
  await run(['tasks', 'comment', 'Label', '@王芳 please look', '--as', 'Ann'])
  const listed = await run(['tasks', '--open'])
  expect(listed.out).toMatch(/Label +doing +Ann/)
  const inbox = await run(['inbox', '--as', '王芳', '--read'], 'zh-CN')
  expect(inbox.out).toContain('Ann 在“Label”的评论中提到了 王芳。')
  expect((await run(['inbox', '--as', '王芳', '--unread'])).out).toContain('Nothing to read.')
}, 120_000)

test('decisions are recorded and scored, the week is reported', async () => {
  const words = ['decisions', 'record', 'Optimiser', '--option', 'adam', '--option', 'sgd', '--as', '王芳']
  expect((await run([...words, '--chosen', 'lion', '--chance', '0.8'])).err).toContain('none of the options')
  expect((await run([...words, '--chosen', 'adam', '--chance', '0.8'])).exit).toBe(0)
  const scored = await run(['decisions', 'outcome', 'Optimiser', 'met', '--as', '王芳'])
  expect(scored.out).toContain('“Optimiser”: brier 0.04')
  const report = await run(['report'], 'zh-CN')
  expect(report.out).toContain('决策：Optimiser → adam，预计成功概率 80%')
  const file = join(mkdtempSync(join(tmpdir(), 'capstan-report-')), 'week.html')
  expect((await run(['report', '--format', 'html', '--output', file])).exit).toBe(0)
  expect(readFileSync(file, 'utf8')).toContain('<h2>Decisions and approvals</h2>')
  expect((await run(['load'])).out).toMatch(/^Ann +\d[\d.]* \/ \d.*\n王芳 +0\.0 \/ \d/m)
}, 120_000)

test('a webhook to an address inside the network is refused with a sentence', async () => {
  const refused = await run(['webhooks', 'add', 'Inside', 'http://169.254.169.254/'])
  expect(refused.exit).toBe(65)
  expect(refused.err).toContain('inside a network')
  const made = await run(['webhooks', 'add', 'Out', 'https://8.8.8.8/hook', '--kind', 'mention'])
  expect(made.out).toMatch(/told only now: whsec_/)
  expect((await run(['webhooks'])).out).toMatch(/Out +generic +https:\/\/8\.8\.8\.8/)
  expect((await run(['webhooks', 'remove', 'Out'])).exit).toBe(0)
}, 120_000)
