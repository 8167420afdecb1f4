/** @file Webhooks on the page of members: added, tried, changed, removed; and what readers of few rights are offered. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, overflow, visit } from './chromium.ts'
import {
  open,
  panel,
  patience,
  picture,
  real,
  refused,
  remove,
  send,
  startWorkspace,
  type Workspace,
} from './forms.ts'

let browser: Browser
let world: Workspace
let receiver: Server
const heard: string[] = []
const password = 'six anchors weighed'

beforeAll(async () => {
  browser = await openBrowser()
  world = await startWorkspace({ webhookAllow: '127.0.0.1' })
  receiver = createServer((request, response) => {
    heard.push(String(request.headers['webhook-signature'] ?? ''))
    request.resume().on('end', () => response.writeHead(204).end())
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  await browser?.close()
  await world?.server.close()
  receiver?.close()
})

test('a webhook is added, refused, tried, changed and removed', async () => {
  const { capstan, server } = world
  const { page, errors } = await visit(browser, `${server.address}/members`)
  const part = panel(page, 'Webhooks')
  let dialog = await open(page, part.getByRole('button', { name: 'Add a webhook' }))
  await dialog.getByLabel('Name').fill('Our program')
  await dialog.getByLabel('Address').fill('http://10.0.0.7/hook')
  await dialog.getByLabel('failed runs').check()
  await refused(dialog, 'Add', /10\.0\.0\.7/)
  expect(await dialog.getByLabel('Name').inputValue()).toBe('Our program')
  await picture(page, 'webhook-refused')
  const { port } = receiver.address() as AddressInfo
  await dialog.getByLabel('Address').fill(`http://127.0.0.1:${port}/hooks/secret-path`)
  await dialog.getByRole('button', { name: 'Add', exact: true }).click()
  await dialog.getByText(/^whsec_/).waitFor(patience)
  await picture(page, 'webhook-secret')
  await send(dialog, 'I have kept it')
  await part.getByText('failed runs').waitFor(patience)
  expect(await part.getByText('secret-path').count()).toBe(0)

  await part.getByRole('button', { name: 'Try: Our program' }).click()
  await part.getByRole('cell', { name: /delivered/ }).waitFor(patience)
  expect(heard[0]).toMatch(/^v1,/)
  await picture(page, 'members')

  dialog = await open(page, part.getByRole('button', { name: 'Edit: Our program' }))
  await dialog.getByLabel('Name').fill('Our other program')
  await dialog.getByLabel('Send', { exact: true }).uncheck()
  await send(dialog, 'Save')
  await part.getByText('Our other program · paused').waitFor(patience)
  expect((await capstan.webhooks.list())[0]).toMatchObject({ active: false, kinds: ['run-failed'] })
  expect(await part.getByRole('button', { name: /^Try/ }).count()).toBe(0)

  const chinese = await visit(browser, `${server.address}/members`, { locale: 'zh-CN' })
  await open(chinese.page, chinese.page.getByRole('button', { name: '添加 Webhook' }))
  expect(await overflow(chinese.page)).toBeLessThanOrEqual(0)
  await picture(chinese.page, 'webhook-zh')
  await remove(page, part.getByRole('button', { name: 'Remove: Our other program' }))
  await part.getByText('Nothing is told to other services.').waitFor(patience)
  expect([...real(errors), ...chinese.errors]).toEqual([])
  await chinese.page.context().close()
  await page.context().close()
})

const signIn = async (page: Page, name: string) => {
  await page.getByLabel(/^Name/).fill(name)
  await page.locator('input[type=password]').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

test('readers without the right see no buttons for it', async () => {
  const { capstan, server } = world
  await capstan.risk.create({
    body: { name: 'Fire', frequency: { rate: 0.1 }, loss: { kind: 'fixed', amount: 1000 } },
  })
  await capstan.team.createTask({ body: { title: 'Sweep the deck' } })
  const pool = await capstan.resources.createPool({
    body: { name: 'GPU', kind: 'compute', unit: 'h', capacity: [40], rate: 2 },
  })
  await capstan.strategy.createInitiative({
    body: {
      ...{ cycleId: world.cycleId, name: 'A demo', chance: { alpha: 6, beta: 4 } },
      ...{ needs: { [pool.id]: [4] }, value: { low: 1000, mode: 2000, high: 3000 } },
    },
  })
  const allocation = await capstan.resources.solve({ body: { cycleId: world.cycleId } })
  await capstan.resources.approve({ params: { id: allocation.id }, body: {} })
  const review = await capstan.review.create({ body: {} })
  await capstan.review.propose({
    params: { id: review.id },
    body: { change: { kind: 'extend-pool', poolId: pool.id, amount: 20 }, note: 'A machine arrives' },
  })
  const { id } = await capstan.members.create({ body: { name: 'Vi', roles: ['viewer'] } })
  await capstan.members.setPassword({ params: { id: world.ann }, body: { password } })
  const owner = await visit(browser, `${server.address}/team`)
  await signIn(owner.page, 'Ann')
  await owner.page.getByRole('button', { name: 'Add a task' }).waitFor(patience)
  const cookies = await owner.page.context().cookies()
  await fetch(`${server.address}/api/v1/members/${id}/password`, {
    method: 'PUT',
    headers: {
      'content-type': 'application/json',
      cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; '),
    },
    body: JSON.stringify({ password }),
  })
  const viewer = await visit(browser, `${server.address}/team`)
  await signIn(viewer.page, 'Vi')
  await viewer.page.getByText('Sweep the deck').first().waitFor(patience)
  const offered =
    /^(Add|Edit|Remove|Close:|Register|Propose|Record|Adopt|Set|Simulate|Type|Open|Solve|Charge|Approve|Review now)/
  for (const [path, seen] of [
    ['/team', 'Sweep the deck'],
    ['/risk', 'Fire'],
    ['/strategy', 'Competitors'],
    ['/resources', 'GPU'],
    ['/members', 'Ann'],
  ] as const) {
    await viewer.page.goto(server.address + path)
    await viewer.page.getByText(seen).first().waitFor(patience)
    expect(await viewer.page.getByRole('button', { name: offered }).allTextContents()).toEqual([])
    await owner.page.goto(server.address + path)
    await owner.page.getByRole('button', { name: offered }).first().waitFor(patience)
  }
  expect(await viewer.page.getByRole('heading', { name: 'Webhooks' }).count()).toBe(0)
  for (const path of ['/review', '/']) {
    const decides = async ({ page }: typeof owner) => {
      await page.goto(server.address + path)
      const item = page.locator('[data-proposal="extend-pool"]').first()
      await item.waitFor(patience)
      return item.getByText('Accept', { exact: true }).count()
    }
    expect([await decides(viewer), await decides(owner)]).toEqual([0, 1])
    expect(await viewer.page.getByRole('button', { name: 'Review now' }).count()).toBe(0)
  }
  await owner.page.context().close()
  await viewer.page.context().close()
})
