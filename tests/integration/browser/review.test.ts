/** @file The page of reviews in a real Chromium: what came, a sitting with its what-if, all applied at once, others see it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient } from '@capstan/api'
import { type RunningServer, startServer } from '@capstan/server'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser, overflow, visit } from './chromium.ts'

const workspace = mkdtempSync(join(tmpdir(), 'capstan-review-page-'))
const day = 86_400_000
/** Turns pass in no time. */
let now = Date.now() - 100 * day
let server: RunningServer
let browser: Browser
let capstan: Client

const inDays = (days: number) => new Date(now + days * day).toISOString()

beforeAll(async () => {
  server = await startServer({
    ...{ workspace, port: 0, workers: 0, now: () => new Date(now) },
    webRoot: join(import.meta.dirname, '../../../packages/web/dist'),
  })
  capstan = createClient({ baseUrl: server.address })
  browser = await openBrowser()
  await prepare()
})
afterAll(async () => {
  await browser.close()
  await server.close()
  rmSync(workspace, { recursive: true, force: true })
})

/** Four turns of thirty days, each predicted, measured and reviewed; the last one waits for its decisions. */
async function prepare(): Promise<void> {
  const cycle = await capstan.cycles.create({ body: { name: 'Spring', start: inDays(-12), end: inDays(25) } })
  const ids: string[] = []
  for (const [key, title] of [
    ['accuracy', 'Understand speech'],
    ['coverage', 'Speak every dialect'],
  ] as const) {
    const objective = await capstan.strategy.createObjective({ body: { cycleId: cycle.id, title } })
    const measure = await capstan.measures.create({
      body: {
        ...{ key, name: key, unit: '1', direction: 'up', scale: 'proportion' },
        query: { source: 'typed' },
      },
    })
    ids.push(measure.id)
    for (const [ago, value] of [
      [10, 0.7],
      [6, 0.74],
      [2, 0.78],
    ] as const)
      await capstan.measures.addPoint({
        params: { id: measure.id },
        body: { value, at: inDays(-ago), note: 'x' },
      })
    await capstan.strategy.createKeyResult({
      body: {
        ...{ objectiveId: objective.id, title: `${key} at least 90%`, measureId: measure.id },
        ...{ target: 0.9, baseline: 0.5, due: inDays(25) },
      },
    })
  }
  const pool = await capstan.resources.createPool({
    body: { name: 'GPU', kind: 'compute', unit: 'h', capacity: [50, 50], rate: 12 },
  })
  for (const [name, mode, hours] of [
    ['Speech', 9000, 45],
    ['Vision', 4000, 20],
  ] as const)
    await capstan.strategy.createInitiative({
      body: {
        ...{ cycleId: cycle.id, name, chance: { alpha: 6, beta: 4 }, needs: { [pool.id]: [hours, hours] } },
        value: { low: 0.8 * mode, mode, high: 1.2 * mode },
      },
    })
  const mei = await capstan.members.create({ body: { name: 'Mei', roles: ['engineer'] } })
  const { id } = await capstan.resources.solve({ body: { cycleId: cycle.id, lambda: 0 } })
  await capstan.resources.approve({ params: { id }, body: {} })
  const [speech] = await capstan.strategy.initiatives({})
  for (let turn = 0; turn < 4; turn++) {
    for (let week = 1; week <= 3; week++) {
      now += 7 * day
      for (const measureId of ids)
        await capstan.measures.addPoint({
          params: { id: measureId },
          body: { value: 0.78 + 0.01 * turn + 0.012 * week, note: 'counted' },
        })
    }
    const task = await capstan.team.createTask({
      body: { title: `Step ${turn}`, initiativeId: speech!.id, assigneeId: mei.id, estimateDays: 4 },
    })
    await capstan.team.moveTask({ params: { id: task.id }, body: { state: 'doing' } })
    await capstan.team.moveTask({
      params: { id: task.id },
      body: { state: 'done', actualDays: 8 - turn },
    })
    await capstan.team.createTask({
      body: { title: `Next ${turn}`, initiativeId: speech!.id, assigneeId: mei.id, estimateDays: 6 },
    })
    const review = await capstan.review.create({ body: {} })
    if (turn < 3)
      await capstan.review.decideAll({ params: { id: review.id }, body: { decisions: [], opens: 'next' } })
    else
      await capstan.review.propose({
        params: { id: review.id },
        body: { change: { kind: 'extend-pool', poolId: pool.id, amount: 20 }, note: 'A machine arrives' },
      })
  }
}

describe('the page of reviews', () => {
  test('shows what was predicted and what came, and the history of turns', async () => {
    const { page, errors } = await visit(browser, `${server.address}/review`)
    await page.getByRole('heading', { name: 'What was predicted, and what came' }).waitFor()
    await page.getByRole('cell', { name: 'Mei', exact: true }).first().waitFor()
    await page.getByRole('heading', { name: 'Does the team get better at predicting itself?' }).waitFor()
    expect(await page.getByRole('img', { name: 'Actual over estimate' }).locator('circle').count()).toBe(4)
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    expect(errors).toEqual([])
    await page.context().close()
  })

  test('what is chosen is thought through before it is applied, and other browsers see it', async () => {
    const [one, other] = [
      await visit(browser, `${server.address}/review`),
      await visit(browser, server.address),
    ]
    const { page } = one
    const before = await capstan.loop.get()
    const item = page.locator('[data-proposal="extend-pool"]')
    await item.getByText('Accept', { exact: true }).click()
    await item.getByLabel('amount').fill('much')
    await page.getByText('One of the numbers is no number.').waitFor()
    await item.getByLabel('amount').fill('30')
    // 100 hours in two periods, and thirty more in each
    await page.getByText('free').first().waitFor()
    await page.getByText(/Solved anew, the allocation would choose/).waitFor()
    expect((await capstan.loop.get()).cycle!.number).toBe(before.cycle!.number)
    await page.getByRole('button', { name: 'Apply decisions (1)' }).click()
    await other.page
      .getByText(`Cycle ${before.cycle!.number + 1}`)
      .first()
      .waitFor()
    expect((await capstan.resources.pools())[0]!.capacity).toEqual([80, 80])
    const review = (await capstan.review.list({}))[0]!
    expect(review.proposals.find(({ kind }) => kind === 'extend-pool')).toMatchObject({ state: 'accepted' })
    expect([...one.errors, ...other.errors]).toEqual([])
    await page.context().close()
    await other.page.context().close()
  })

  test('a cycle whose time is up says so, in the reader’s language; what others decide appears', async () => {
    now += 40 * day
    const { page, errors } = await visit(browser, server.address, { locale: 'zh-CN' })
    const { number } = (await capstan.cycles.list())[0]!
    await page.getByRole('link', { name: `复盘第 ${number} 周期` }).click()
    await page.getByText(`第 ${number} 周期已于`).first().waitFor()
    await page.getByRole('button', { name: '立即复盘' }).click()
    await page.getByText(`第 ${number} 周期已于`).first().waitFor({ state: 'detached' })
    const { id } = (await capstan.review.list({}))[0]!
    const made = await capstan.review.propose({
      params: { id },
      body: {
        change: { kind: 'stop-initiative', initiativeId: (await capstan.strategy.initiatives({}))[0]!.id },
      },
    })
    const item = page.locator('[data-proposal="stop-initiative"]').first()
    await item.getByText('暂不决定').waitFor()
    await capstan.review.decide({ params: { id: made.id }, body: { decision: 'reject', note: '太早' } })
    await item.getByText('太早').waitFor()
    expect(await item.getByText('暂不决定').count()).toBe(0)
    expect(errors).toEqual([])
    await page.context().close()
  })
})
