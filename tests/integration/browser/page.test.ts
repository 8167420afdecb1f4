/** @file The pages in a real browser, on the real server, through a real first turn. */
import { createClient } from '@capstan/api'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser, overflow, visit } from './chromium.ts'
import { type FirstTurn, startFirstTurn } from './first-turn.ts'

const JAVASCRIPT_LIMIT = 400_000
const FIRST_PAGE_MS = 2000
const curve = 'figure svg path[data-line="smoothed"]'

const pages = [
  '/measures',
  '/strategy',
  '/resources',
  '/team',
  '/risk',
  '/review',
  '/datasets',
  '/designs',
  '/runs',
  '/sweeps',
  '/evaluations',
  '/registry',
  '/endpoints',
]

let browser: Browser
let turn: FirstTurn

beforeAll(async () => {
  browser = await openBrowser()
  turn = await startFirstTurn()
})
afterAll(async () => {
  await browser?.close()
  await turn?.stop()
})

/** The end of the learning curve's solid line, in pixels from the left. */
const curveEnd = async (page: Page): Promise<number> => {
  const box = await page.locator(curve).boundingBox()
  return box ? box.x + box.width : 0
}

describe('while the first turn runs', () => {
  test('the loop follows it: the curve grows and the wheel turns', async () => {
    const { page, errors } = await visit(browser, turn.address)
    await page.waitForSelector(curve, { timeout: 120_000 })
    const early = await curveEnd(page)
    const wheel = () => page.locator('[data-turn]').getAttribute('data-turn')
    const turned = Number(await wheel())
    await expect.poll(() => curveEnd(page), { timeout: 120_000 }).toBeGreaterThan(early + 5)
    await turn.complete
    await expect.poll(async () => Number(await wheel()), { timeout: 20_000 }).toBeGreaterThan(turned)
    await expect.poll(() => page.locator('[data-proposal]').count(), { timeout: 20_000 }).toBeGreaterThan(0)
    await expect.poll(() => page.locator('table caption').count()).toBeGreaterThan(0)
    expect(errors).toEqual([])
    await page.context().close()
  })
})

describe('a complete workspace', () => {
  beforeAll(() => turn.complete)

  test('the first page comes quickly, with less JavaScript than its limit', async () => {
    const context = await browser.newContext({ locale: 'en-US' })
    const page = await context.newPage()
    const session = await context.newCDPSession(page)
    await session.send('Network.enable')
    const scripts = new Set<string>()
    let transferred = 0
    let decoded = 0
    session.on('Network.responseReceived', ({ requestId, type }) => {
      if (type === 'Script') scripts.add(requestId)
    })
    session.on('Network.dataReceived', ({ requestId, dataLength }) => {
      if (scripts.has(requestId)) decoded += dataLength
    })
    session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      if (scripts.has(requestId)) transferred += encodedDataLength
    })
    const began = performance.now()
    await page.goto(turn.address)
    await page.waitForSelector('[data-turn]')
    expect(performance.now() - began).toBeLessThan(FIRST_PAGE_MS)
    expect(transferred).toBeGreaterThan(10_000)
    expect(decoded).toBeGreaterThan(transferred)
    expect(transferred).toBeLessThan(JAVASCRIPT_LIMIT)
    await context.close()
  })

  test('it speaks the language chosen, keeps it, and takes it from the address', async () => {
    const { page } = await visit(browser, turn.address)
    await page.getByRole('heading', { level: 1, name: 'The loop' }).waitFor()
    await page.getByRole('button', { name: '中文' }).first().click()
    await page.getByRole('heading', { level: 1, name: '经营闭环' }).waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN')
    await page.reload()
    await page.getByRole('heading', { level: 1, name: '经营闭环' }).waitFor()
    await page.goto(`${turn.address}/?lang=en`)
    await page.getByRole('heading', { level: 1, name: 'The loop' }).waitFor()
    await page.context().close()
  })

  test('it is dark where the system is, and where it is switched', async () => {
    const ground = (page: Page) => page.evaluate<string>('getComputedStyle(document.body).backgroundColor')
    const { page } = await visit(browser, turn.address, { colorScheme: 'dark' })
    await page.waitForSelector('[data-turn]')
    expect(await ground(page)).toBe('rgb(14, 21, 27)')
    await page.getByRole('button', { name: 'Light' }).first().click()
    await expect.poll(() => ground(page)).toBe('rgb(247, 247, 244)')
    await page.context().close()
  })

  test.each(['/', ...pages])('%s fits a phone without scrolling sideways', async (path) => {
    const { page, errors } = await visit(browser, turn.address + path, {
      viewport: { width: 390, height: 844 },
    })
    await page.waitForSelector('h1')
    await page.waitForLoadState('networkidle', { timeout: 2000 }).catch(() => {})
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    expect(errors).toEqual([])
    await page.context().close()
  })

  test('every entry of the navigation leads to a page that shows something', async () => {
    const { page, errors } = await visit(browser, turn.address)
    const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('link')
    await links.first().waitFor()
    const hrefs = await Promise.all((await links.all()).map((link) => link.getAttribute('href')))
    expect(hrefs).toEqual(expect.arrayContaining(['/', ...pages]))
    // those that came later, too
    for (const href of hrefs.slice(1)) {
      await page.locator(`nav a[href="${href}"]`).first().click()
      await expect
        .poll(async () => (await page.locator('main').textContent())?.length ?? 0)
        .toBeGreaterThan(150)
      expect(await page.locator('[role=alert]').count(), href ?? '').toBe(0)
    }
    expect(errors).toEqual([])
    await page.context().close()
  })

  test('an address that leads nowhere says so', async () => {
    const { page } = await visit(browser, `${turn.address}/no-such-page`)
    await page.getByRole('heading', { name: 'Nothing here' }).waitFor()
    await page.context().close()
  })

  test('the published listing is refused with both numbers, and its fix passes', async () => {
    const { page } = await visit(browser, `${turn.address}/designs`)
    await page.getByRole('button', { name: 'Check', exact: true }).click()
    const refusal = page.getByRole('alert')
    await refusal.waitFor()
    expect(await refusal.textContent()).toMatch(/fc1.*1,568.*5,408/s)
    await page.getByRole('button', { name: 'Use 5,408' }).click()
    await page.locator('p', { hasText: 'Every shape fits.' }).waitFor()
    await page.context().close()
  })

  test('a picture picked and a digit drawn are classified by the served model', async () => {
    const { page, errors } = await visit(browser, `${turn.address}/endpoints`)
    await page.getByRole('button', { name: 'A sample of class 7' }).click()
    await page.getByText(/ms there and back/).waitFor()
    expect(await page.locator('li[data-best="true"]').textContent()).toMatch(/^7/)
    await page.getByRole('button', { name: 'Clear' }).click()
    const pad = (await page.locator('canvas[aria-label^="Pad"]').boundingBox())!
    await page.mouse.move(pad.x + 140, pad.y + 40)
    await page.mouse.down()
    await page.mouse.move(pad.x + 140, pad.y + 240, { steps: 20 })
    await page.mouse.up()
    await page.getByText(/ms there and back/).waitFor()
    expect(await page.locator('li[data-best="true"]').textContent()).toMatch(/^1/)
    expect(await page.locator('li[data-best]').count()).toBe(10)
    expect(errors).toEqual([])
    await page.context().close()
  })

  test('a curve can be read as a table', async () => {
    const { page } = await visit(browser, turn.address)
    await page.getByRole('button', { name: 'Table' }).first().click()
    await page.getByRole('columnheader', { name: 'Validation accuracy' }).waitFor()
    await page.context().close()
  })

  test('accepting a proposal opens the next cycle', async () => {
    const capstan = createClient({ baseUrl: turn.address })
    const before = await capstan.loop.get()
    const { page, errors } = await visit(browser, turn.address)
    await page.getByRole('button', { name: 'Accept' }).first().click()
    const next = `Cycle ${before.cycle!.number + 1} `
    await page.getByText(next).first().waitFor()
    expect((await capstan.loop.get()).cycle!.number).toBe(before.cycle!.number + 1)
    expect(errors).toEqual([])
    await page.context().close()
  })
})

test('a lost server is said quietly, and the page goes on when it is back', async () => {
  const { page } = await visit(browser, turn.address)
  await page.waitForSelector('[data-turn]')
  const lost = page.getByText('The server does not answer.')
  await page.route('**/api/v1/events', (route) => route.abort())
  await page.context().setOffline(true)
  await page.reload({ waitUntil: 'commit' }).catch(() => {})
  await page.context().setOffline(false)
  await page.goto(turn.address)
  await lost.waitFor({ timeout: 30_000 })
  await page.unroute('**/api/v1/events')
  await lost.waitFor({ state: 'detached', timeout: 30_000 })
  await page.context().close()
})
