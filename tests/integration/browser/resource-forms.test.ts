/** @file The forms of the page of resources: pools, the plan of cash, allocations and the ledger. */
import type { Browser } from 'playwright-core'
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

beforeAll(async () => {
  browser = await openBrowser()
  world = await startWorkspace()
})
afterAll(async () => {
  await browser?.close()
  await world?.server.close()
})

test('pools of people, compute and cash are added, refused, changed and removed', async () => {
  const { capstan, server } = world
  const { page, errors } = await visit(browser, `${server.address}/resources`)
  const part = panel(page, 'Pools')
  let dialog = await open(page, part.getByRole('button', { name: 'Add a pool' }))
  await dialog.getByLabel('Name').fill('GPU')
  await dialog.getByLabel('Kind').selectOption('compute')
  expect(await dialog.getByLabel('Counted in').inputValue()).toBe('min')
  await dialog.getByLabel('Counted in').fill('h')
  await dialog.getByLabel('Capacity (h)').fill('40, forty')
  await dialog.getByLabel('Price of one').fill('2.5')
  await dialog.getByLabel('Device').fill('H100')
  await refused(dialog, 'Add', /capacity/)
  await dialog.getByLabel('Capacity (h)').fill('40, 40, 20')
  await picture(page, 'resources-pool')
  await send(dialog, 'Add')
  await part.getByText('2 × 40 h, 20 h').waitFor(patience)

  dialog = await open(page, part.getByRole('button', { name: 'Add a pool' }))
  await dialog.getByLabel('Name').fill('Labellers')
  await dialog.getByLabel('Skill it stands for').selectOption('labelling')
  // what people can give follows from the members
  expect(await dialog.getByLabel('Capacity').count()).toBe(0)
  await dialog.getByLabel('Price of one').fill('200')
  await send(dialog, 'Add')
  await part.getByRole('cell', { name: 'labelling' }).waitFor(patience)

  dialog = await open(page, part.getByRole('button', { name: 'Add a pool' }))
  await dialog.getByLabel('Name').fill('Cash')
  await dialog.getByLabel('Kind').selectOption('cash')
  await dialog.getByLabel('Counted in').fill('XAU')
  await dialog.getByLabel('Capacity').fill('1000')
  await refused(dialog, 'Add', /workspace currency/)
  await dialog.getByLabel('Counted in').fill('CNY')
  await send(dialog, 'Add')
  await part.getByRole('cell', { name: 'Cash', exact: true }).waitFor(patience)

  dialog = await open(page, part.getByRole('button', { name: 'Edit: GPU' }))
  await dialog.getByLabel('Capacity (h)').fill('60 60 60')
  await send(dialog, 'Save')
  await part.getByText('3 × 60 h').waitFor(patience)
  const pools = await capstan.resources.pools()
  expect(pools.map(({ name, kind }) => `${name} ${kind}`).sort()).toEqual([
    'Cash cash',
    'GPU compute',
    'Labellers people',
  ])
  expect(pools.find(({ name }) => name === 'GPU')).toMatchObject({ rate: 2.5, device: 'H100' })
  await picture(page, 'resources')
  await remove(page, part.getByRole('button', { name: 'Remove: Cash' }))
  await expect.poll(() => part.getByText('Cash').count(), patience).toBe(0)
  expect(real(errors)).toEqual([])
  await page.context().close()
})

test('a plan of cash is typed in, refused, and changed', async () => {
  const { capstan, server } = world
  const { page, errors } = await visit(browser, `${server.address}/resources`)
  const part = panel(page, 'Runway')
  let dialog = await open(page, part.getByRole('button', { name: 'Type in a plan of cash' }))
  await dialog.getByLabel('Cash, CNY').fill('1000000')
  const out = dialog.getByRole('group', { name: /^Money out/ })
  await out.getByLabel('At least').fill('90000')
  await out.getByLabel('At most').fill('60000')
  await refused(dialog, 'Save', /must not go downwards/)
  await out.getByLabel('At least').fill('40000')
  const events = dialog.getByRole('group', { name: /^Money that may come/ })
  await events.getByRole('button', { name: 'Add an amount' }).click()
  await events.getByLabel('Name').fill('Grant')
  const later = new Date(Date.now() + 200 * 864e5).toISOString().slice(0, 10)
  await events.getByLabel('Day').fill(later)
  for (const [label, value] of [
    ['Least', '100000'],
    ['Most likely', '200000'],
    ['Greatest', '300000'],
    ['Chance, %', '40'],
  ] as const)
    await events.getByLabel(label).fill(value)
  await dialog.getByRole('button', { name: 'Add a milestone' }).click()
  const milestones = dialog.getByRole('group', { name: /^Milestones/ })
  await milestones.getByLabel('Name').fill('Launch')
  await milestones.getByLabel('Day').fill(later)
  await picture(page, 'resources-runway')
  await send(dialog, 'Save')
  await part.getByText(/^Launch/).waitFor(patience)
  const { plan } = await capstan.runway.get({})
  expect(plan).toMatchObject({
    ...{ cash: 1_000_000, burn: { low: 40_000, high: 60_000 }, horizonMonths: 24 },
    events: [{ name: 'Grant', mode: 200_000, chance: 0.4 }],
  })
  dialog = await open(page, part.getByRole('button', { name: 'Change the plan of cash' }))
  await dialog.getByLabel('Growth of money in').fill('5')
  await dialog.getByRole('button', { name: 'Remove: Grant' }).click()
  await send(dialog, 'Save')
  expect((await capstan.runway.get({})).plan).toMatchObject({ growth: 0.05, events: [], cash: 1_000_000 })
  expect(real(errors)).toEqual([])
  await page.context().close()
})

test('an allocation is solved and approved; what was used is charged, and taken back', async () => {
  const { capstan, server, cycleId } = world
  const pool = (await capstan.resources.pools()).find(({ name }) => name === 'GPU')!
  await capstan.strategy.createInitiative({
    body: {
      ...{ cycleId, name: 'A demo', chance: { alpha: 6, beta: 4 }, needs: { [pool.id]: [4, 4] } },
      value: { low: 1000, mode: 2000, high: 3000 },
    },
  })
  const { page, errors } = await visit(browser, `${server.address}/resources`)
  let dialog = await open(page, page.getByRole('button', { name: 'Solve the allocation' }))
  await dialog.getByLabel('Weight of risk').fill('7')
  await refused(dialog, 'Solve', /lambda/)
  await dialog.getByLabel('Weight of risk').fill('0.1')
  await send(dialog, 'Solve')
  // what an initiative needs stays, so its removal is not offered
  expect(await page.getByRole('button', { name: 'Remove: GPU' }).count()).toBe(0)
  dialog = await open(page, page.getByRole('button', { name: 'Approve', exact: true }))
  await picture(page, 'resources-approve')
  await send(dialog, 'Approve')
  await panel(page, 'Budgets').getByRole('cell', { name: 'A demo' }).waitFor(patience)
  expect((await capstan.resources.allocations())[0]).toMatchObject({ state: 'approved', lambda: 0.1 })

  const ledger = panel(page, 'Ledger')
  dialog = await open(page, ledger.getByRole('button', { name: 'Charge what was used' }))
  expect(await dialog.getByLabel('Pool').locator('option').allTextContents()).toEqual(['Labellers'])
  await dialog.getByLabel('Used (').fill('2')
  await dialog.getByLabel('Who worked').selectOption({ label: 'Ann' })
  await dialog.getByLabel('Note').fill('Labelled 500 pictures')
  await dialog.getByLabel('Used on').fill('2099-01-01')
  await refused(dialog, 'Charge', /future/)
  await dialog.getByLabel('Used on').fill(new Date().toISOString().slice(0, 10))
  await picture(page, 'resources-charge')
  await send(dialog, 'Charge')
  const taking = ledger.getByRole('button', { name: /^Take back: Labellers/ })
  await taking.waitFor(patience)
  dialog = await open(page, taking)
  await dialog.getByLabel('Why').fill('Counted twice')
  await send(dialog, 'Take back')
  await expect.poll(() => taking.count(), patience).toBe(0)
  expect((await capstan.resources.ledger({})).map(({ quantity }) => quantity)).toEqual([-2, 2])
  expect(real(errors)).toEqual([])
  await page.context().close()
})

test('in Chinese and on a phone the page and its forms hold together', async () => {
  for (const [name, options] of [
    ['resources-zh', { locale: 'zh-CN' }],
    ['resources-zh-phone', { locale: 'zh-CN', viewport: { width: 390, height: 800 } }],
  ] as const) {
    const { page, errors } = await visit(browser, `${world.server.address}/resources`, options)
    await page.getByText('Labellers').first().waitFor(patience)
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    await picture(page, name)
    for (const [form, action] of [
      ['pool', '添加资源池'],
      ['runway', '修改现金计划'],
    ] as const) {
      await open(page, page.getByRole('button', { name: action }))
      expect(await overflow(page)).toBeLessThanOrEqual(0)
      await picture(page, `${name}-${form}`)
      await page.keyboard.press('Escape')
    }
    expect(errors).toEqual([])
    await page.context().close()
  }
})
