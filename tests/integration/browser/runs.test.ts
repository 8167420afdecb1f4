/** @file Runs searched, compared and looked into in a real browser. */
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWorld, type World } from '../../e2e/server/world.ts'
import { openBrowser, overflow, visit } from './chromium.ts'

let browser: Browser
let w: World
const ids: string[] = []

beforeAll(async () => {
  browser = await openBrowser()
  w = await startWorld({
    workers: 0,
    webRoot: join(import.meta.dirname, '../../../packages/web/dist'),
  })
  for (const [i, lr] of ['0.1', '0.01', '0.001'].entries()) {
    const { id } = await w.capstan.tracking.start({
      body: { name: `try ${lr}`, params: { lr, batch: '64' }, tags: { 'git.commit': `c${i % 2}` } },
    })
    ids.push(id)
    const metrics = Array.from({ length: 200 }, (_, step) => ({
      key: 'loss',
      value: i === 2 && step === 100 ? ('NaN' as const) : Math.exp(-step * Number(lr)) + 0.1 * i,
      step,
      at: 1_700_000_000_000 + step * 1000,
    }))
    await w.capstan.tracking.log({ params: { id }, body: { metrics } })
    await w.capstan.tracking.change({ params: { id }, body: { state: 'finished' } })
  }
  const folder = `${w.server.address}/api/2.0/mlflow-artifacts/artifacts/0/${ids[0]}/artifacts`
  const put = (path: string, body: string) =>
    fetch(`${folder}/${path}`, {
      method: 'PUT',
      body,
      headers: { 'content-type': 'application/octet-stream' },
    })
  await put('tables/scores.csv', 'class,score\nseven,0.5\n')
  await put(
    'plot.svg',
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle r="20"/></svg>',
  )
})
afterAll(async () => {
  await browser?.close()
  await w?.server.close()
})

test('runs are searched, sorted, chosen and compared, and the address keeps it all', async () => {
  const { page, errors } = await visit(browser, `${w.server.address}/runs`)
  await page.locator('tbody tr').first().waitFor()
  const rows = page.locator('tbody tr')
  await expect.poll(() => rows.count()).toBe(3)
  const box = page.getByRole('textbox', { name: 'Search' })
  await box.fill("params.lr = '0.1' OR metrics.loss > 0.15")
  await page.getByRole('button', { name: 'Find' }).click()
  await expect.poll(() => rows.count()).toBe(3)
  await box.fill('metrics.loss < 0.5')
  await page.getByRole('button', { name: 'Find' }).click()
  await expect.poll(() => rows.count()).toBe(2)
  await page.getByRole('button', { name: 'Sort by loss' }).click()
  await expect.poll(() => rows.first().textContent()).toContain('try 0.01')
  await page.reload()
  await rows.first().waitFor()
  await expect.poll(() => rows.count()).toBe(2)
  expect(await box.inputValue()).toBe('metrics.loss < 0.5')
  for (const number of [1, 2]) await page.getByRole('checkbox', { name: `Choose run ${number}` }).click()
  if (process.env.CAPSTAN_PICTURES)
    await page.screenshot({ path: `${process.env.CAPSTAN_PICTURES}/runs.png`, fullPage: true })
  await page.getByRole('button', { name: 'Compare' }).click()
  await page.getByRole('heading', { level: 1, name: 'Comparison of 2 runs' }).waitFor()
  await page.locator('[data-curve]').first().waitFor()
  await expect.poll(() => page.locator('[data-curve]').count()).toBe(2)
  const parameters = page.getByRole('table', { name: 'Parameters' })
  expect(await parameters.textContent()).toMatch(/lr.*0\.1.*0\.01/)
  expect(await parameters.textContent()).not.toContain('batch')
  await page.getByRole('switch', { name: 'Only what differs' }).click()
  await expect.poll(() => parameters.textContent()).toContain('batch')
  await page.getByText('clock', { exact: true }).click()
  await expect.poll(() => page.url()).toContain('axis=wall')
  if (process.env.CAPSTAN_PICTURES)
    await page.screenshot({ path: `${process.env.CAPSTAN_PICTURES}/compare.png`, fullPage: true })
  expect(errors).toEqual([])
  await page.context().close()
})

test('a search that is wrong is told by the sentence of its parser', async () => {
  const { page } = await visit(browser, `${w.server.address}/runs?lang=zh-CN`)
  await page.getByRole('textbox', { name: '搜索' }).fill('metrics.loss <')
  await page.getByRole('button', { name: '查找' }).click()
  const alert = page.getByRole('alert')
  await alert.waitFor()
  expect(await alert.textContent()).toMatch(/15/)
  await page.context().close()
})

test('a run that was logged shows where it comes from and the curve of each metric', async () => {
  const { page, errors } = await visit(browser, `${w.server.address}/runs/${ids[2]}`)
  await page.locator('[data-curve="3"]').waitFor()
  await page.getByRole('heading', { name: 'Where it comes from' }).waitFor()
  // the point that is no number is marked
  await expect.poll(() => page.locator('[data-curve="3"] path').count()).toBe(3)
  await page.getByText('clock', { exact: true }).click()
  await expect.poll(() => page.url()).toContain('axis=wall')
  expect(await page.getByText('mlflow.runName').count()).toBe(0)
  expect(errors).toEqual([])
  await page.context().close()
})

test('artifacts are opened by folder and previewed', async () => {
  const { page, errors } = await visit(browser, `${w.server.address}/runs/${ids[0]}`)
  await page.getByRole('button', { name: 'tables/' }).click()
  await page.getByRole('button', { name: 'scores.csv' }).click()
  await page.getByRole('cell', { name: 'seven' }).waitFor()
  await page.getByRole('button', { name: 'Up', exact: true }).click()
  await page.getByRole('button', { name: 'plot.svg' }).click()
  const picture = page.getByRole('img', { name: 'plot.svg' })
  await picture.waitFor()
  await expect
    .poll(() => page.evaluate<number>(`document.querySelector('img[alt="plot.svg"]').naturalWidth`))
    .toBe(40)
  if (process.env.CAPSTAN_PICTURES)
    await page.screenshot({ path: `${process.env.CAPSTAN_PICTURES}/artifacts.png`, fullPage: true })
  expect(errors).toEqual([])
  await page.context().close()
})

test.each(['/runs', '/runs/compare'])('%s fits a phone', async (path) => {
  const query = ids.length > 1 ? `?run=${encodeURIComponent(JSON.stringify(ids))}` : ''
  const { page } = await visit(browser, `${w.server.address}${path}${query}`, {
    viewport: { width: 390, height: 844 },
  })
  await page.locator('table').first().waitFor()
  expect(await overflow(page)).toBeLessThanOrEqual(0)
  await page.context().close()
})
