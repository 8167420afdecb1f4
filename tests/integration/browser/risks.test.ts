/** @file The page of risks in a real browser: taken from the catalogue, simulated, mitigated, held against an appetite. */
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWorld, type World } from '../../e2e/server/world.ts'
import { openBrowser, overflow, visit } from './chromium.ts'

// the machine of the tests may be busy
const patience = { timeout: 30_000 }

let browser: Browser
let world: World

beforeAll(async () => {
  browser = await openBrowser()
  world = await startWorld({ workers: 0, webRoot: join(import.meta.dirname, '../../../packages/web/dist') })
  await world.capstan.cycles.create({
    body: { name: 'One', start: new Date().toISOString(), end: new Date(Date.now() + 864e5).toISOString() },
  })
})
afterAll(async () => {
  await browser?.close()
  await world?.server.close()
})

test('a risk of the catalogue is added, simulated, set against an appetite, and struck by an incident', async () => {
  const { capstan, server } = world
  const { page, errors } = await visit(browser, `${server.address}/risk`)
  const panel = (name: string) =>
    page.locator('section', { has: page.getByRole('heading', { name, exact: true }) })
  const taken = panel('Catalogue').getByRole('row', { name: /The service is down/ })
  await taken.getByRole('button', { name: 'Add' }).click()
  await expect.poll(() => panel('Register').getByText('The service is down').count(), patience).toBe(1)
  expect(
    await panel('Register')
      .getByText(/EU AI Act 15/)
      .count(),
  ).toBe(1)
  const [risk] = await capstan.risk.list()
  await capstan.risk.createMitigation({
    body: { name: 'A second region', riskId: risk!.id, frequencyFactor: 0.5, annualCost: 100 },
  })
  await panel('Mitigations, best return first').getByRole('button', { name: 'Adopt' }).click()
  await expect.poll(async () => (await capstan.risk.mitigations())[0]!.adopted, patience).toBe(true)

  await panel('Appetite').getByLabel('Loss of a year over').fill('1')
  await panel('Appetite').getByLabel('Tolerated, %').fill('1')
  await panel('Appetite').getByRole('button', { name: 'Set' }).click()
  await expect.poll(() => panel('Appetite').getByText('have never been simulated').count(), patience).toBe(1)
  await page.getByRole('button', { name: 'Simulate again' }).click()
  await expect.poll(() => panel('Appetite').getByText('exceeded').count(), patience).toBeGreaterThan(0)
  await expect.poll(() => page.getByRole('img', { name: /Loss exceedance curve/ }).count(), patience).toBe(1)
  expect(await panel('What moves the expected loss').getByRole('img').count()).toBe(2)

  const incidents = panel('Incidents')
  await incidents.getByLabel('What happened').fill('Region down')
  await incidents.getByLabel('Risk').selectOption({ label: 'The service is down' })
  await incidents.getByLabel('It cost').fill('1200')
  await incidents.getByRole('button', { name: 'Record' }).click()
  await incidents.getByRole('button', { name: 'Resolve' }).click()
  await expect.poll(() => incidents.getByRole('cell', { name: 'resolved' }).count(), patience).toBe(1)
  expect((await capstan.risk.list())[0]!.now.incidents).toBe(1)
  expect(errors).toEqual([])
  await page.context().close()
})

test('in Chinese, on a narrow window and in the dark it holds together', async () => {
  for (const options of [
    { locale: 'zh-CN', viewport: { width: 390, height: 800 } },
    { locale: 'zh-CN', colorScheme: 'dark' as const },
  ]) {
    const { page, errors } = await visit(browser, `${world.server.address}/risk`, options)
    await expect.poll(() => page.getByRole('heading', { name: '风险目录' }).count(), patience).toBe(1)
    await expect.poll(() => page.getByText('数据漂移').count(), patience).toBeGreaterThan(0)
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    expect(errors).toEqual([])
    await page.context().close()
  }
})
