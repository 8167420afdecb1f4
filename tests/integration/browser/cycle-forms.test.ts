/** @file The form of a cycle: moved on, closed, and another one opened. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, visit } from './chromium.ts'
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

test('a cycle is moved on and closed, and another one is opened', async () => {
  const { capstan, server } = world
  const { page, errors } = await visit(browser, `${server.address}/strategy`)
  const part = panel(page, 'Cycle')
  expect(await part.getByRole('button', { name: 'Close: One' }).count()).toBe(0)
  for (const state of ['running', 'review']) {
    const dialog = await open(page, part.getByRole('button', { name: 'Edit: One' }))
    await dialog.getByLabel('State').selectOption(state)
    await send(dialog, 'Save')
  }
  await remove(page, part.getByRole('button', { name: 'Close: One' }), 'Close')
  await part.getByText('No cycle is open.', { exact: false }).waitFor(patience)
  expect(await page.getByRole('button', { name: 'Set an objective' }).count()).toBe(0)

  const dialog = await open(page, part.getByRole('button', { name: 'Open a cycle' }))
  await dialog.getByLabel('Name').fill('Two')
  const lastDay = await dialog.getByLabel('Last day').inputValue()
  await dialog.getByLabel('Last day').fill('2020-01-01')
  await refused(dialog, 'Open', /must end after it begins/)
  await dialog.getByLabel('Last day').fill(lastDay)
  await dialog.getByLabel('Counted by').selectOption('month')
  await picture(page, 'strategy-cycle')
  await send(dialog, 'Open')
  await part.getByText('2. Two').waitFor(patience)
  await page.getByRole('button', { name: 'Set an objective' }).waitFor(patience)
  const cycles = await capstan.cycles.list()
  expect(cycles.map(({ name, state }) => `${name} ${state}`)).toEqual(['Two planning', 'One closed'])
  expect(cycles[0]).toMatchObject({ period: 'month' })
  expect(real(errors)).toEqual([])
  await page.context().close()
})
