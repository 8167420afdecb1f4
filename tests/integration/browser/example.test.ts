/** @file The example page trains SimpleCNN on real MNIST in Chromium's tab, in both languages. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildPage } from '../../../examples/browser/build.ts'
import { mnistFolder, ortFolder } from '../../../examples/browser/folders.ts'
import { type Served, serve } from '../../../examples/browser/serve.ts'
import { openBrowser, overflow, visit } from './chromium.ts'

const folder = mkdtempSync(join(tmpdir(), 'capstan-example-page-'))
const pictures = process.env.CAPSTAN_PICTURES
let browser: Browser
let server: Served

beforeAll(async () => {
  await buildPage(join(import.meta.dirname, '../../../examples/browser/page'), folder)
  server = await serve({ folders: { '/': folder, '/ort/': ortFolder, '/mnist/': mnistFolder } })
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await server?.close()
  rmSync(folder, { recursive: true, force: true })
})

const value = (page: Page, name: string): Promise<string> =>
  page.locator(`[data-value=${name}]`).first().innerText()

const state = (page: Page): Promise<string | null> => page.locator('[role=status]').getAttribute('data-state')

async function keep(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return
  mkdirSync(pictures, { recursive: true })
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
}

describe('the example page', () => {
  test('trains, stays responsive meanwhile, reports, and reads a drawn digit', async () => {
    const { page, errors } = await visit(browser, `${server.address}/?lang=en`, {
      viewport: { width: 900, height: 1100 },
    })
    await page.selectOption('[name=pictures]', '6400')
    await page.fill('[name=epochs]', '2')
    await page.getByRole('button', { name: 'Train' }).click()
    await expect.poll(() => state(page), { timeout: 60_000 }).toBe('training')
    // Timers of the page go on while the worker computes.
    const ticks = await page.evaluate<number>(
      'new Promise((resolve) => { let n = 0; const t = setInterval(() => n++, 10); setTimeout(() => { clearInterval(t); resolve(n) }, 500) })',
    )
    expect(ticks).toBeGreaterThan(10)
    await expect.poll(() => state(page), { timeout: 120_000 }).toBe('done')
    expect(Number.parseFloat(await value(page, 'accuracy'))).toBeGreaterThan(90)
    expect(Number(await value(page, 'loss'))).toBeLessThan(1)
    expect(Number(await value(page, 'speed'))).toBeGreaterThan(0)
    const report = await page.locator('[data-value=report] li').allInnerTexts()
    expect(report[0]).toMatch(/^Asked for auto; runs on cpu with \d+ threads?\.$/)
    expect(report.join('\n')).toMatch(/CUDA cannot be reached from a browser/)
    expect(report.join('\n')).toMatch(/On cpu: \d+ kernel runs of .*(Gemm|MatMul)/)
    await drawOne(page)
    await expect.poll(() => value(page, 'digit'), { timeout: 20_000 }).toMatch(/^1 \(\d+ %\)$/)
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    await keep(page, 'example-en')
    expect(errors).toEqual([])

    await page.getByRole('button', { name: '中文' }).click()
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN')
    await page.getByRole('heading', { name: '在标签页里训练 SimpleCNN' }).waitFor()
    expect(await page.locator('[data-value=report] li').first().innerText()).toContain('要求 auto')
    await keep(page, 'example-zh')
    await page.context().close()
  })

  test('stops when it is told to, and starts again', async () => {
    const { page, errors } = await visit(browser, `${server.address}/?lang=zh`)
    await page.fill('[name=epochs]', '20')
    await page.getByRole('button', { name: '开始训练' }).click()
    await expect.poll(() => value(page, 'loss'), { timeout: 60_000 }).not.toBe('–')
    await page.getByRole('button', { name: '停止' }).click()
    await expect.poll(() => state(page), { timeout: 30_000 }).toBe('stopped')
    await page.selectOption('[name=pictures]', '6400')
    await page.fill('[name=epochs]', '1')
    await page.getByRole('button', { name: '开始训练' }).click()
    await expect.poll(() => state(page), { timeout: 120_000 }).toBe('done')
    expect(errors).toEqual([])
    await page.context().close()
  })
})

/** A vertical stroke: a one. */
async function drawOne(page: Page): Promise<void> {
  await page.locator('canvas').scrollIntoViewIfNeeded()
  const box = (await page.locator('canvas').boundingBox())!
  const x = box.x + box.width / 2
  await page.mouse.move(x + 4, box.y + 20)
  await page.mouse.down()
  await page.mouse.move(x - 4, box.y + box.height - 20, { steps: 12 })
  await page.mouse.up()
}
