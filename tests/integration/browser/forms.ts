/** @file Opening, filling and sending the forms of a page, as people do. */
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { startWorld, type World } from '../../e2e/server/world.ts'

// the machine of the tests may be busy
export const patience = { timeout: 30_000 }

export interface Workspace extends World {
  cycleId: string
  ann: string
}

/** A server with its pages, one person and a cycle under way. */
export async function startWorkspace(options: Parameters<typeof startWorld>[0] = {}): Promise<Workspace> {
  const world = await startWorld({
    ...{ workers: 0, webRoot: join(import.meta.dirname, '../../../packages/web/dist') },
    ...options,
  })
  const { id: ann } = await world.capstan.members.create({
    body: { name: 'Ann', roles: ['owner', 'reviewer'], skills: ['labelling'] },
  })
  const { id: cycleId } = await world.capstan.cycles.create({
    body: {
      name: 'One',
      start: new Date().toISOString(),
      end: new Date(Date.now() + 30 * 864e5).toISOString(),
    },
  })
  return { ...world, cycleId, ann }
}

/** The part of a page below a heading. */
export const panel = (page: Page, name: string): Locator =>
  page.locator('section', { has: page.getByRole('heading', { name, exact: true }) }).first()

/** The dialog behind a button, once it is there with the focus inside. */
export async function open(page: Page, button: Locator): Promise<Locator> {
  await button.click()
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  await expect.poll(() => page.evaluate<boolean>(focusInside), patience).toBe(true)
  return dialog
}

const focusInside = `document.querySelector('[role=dialog]')?.contains(document.activeElement) ?? false`

/** Waits until something has the focus. */
export const focused = (page: Page, what: Locator): Promise<void> =>
  expect.poll(() => what.and(page.locator(':focus')).count(), patience).toBe(1)

/** Sends a form that is taken. */
export async function send(dialog: Locator, action: string): Promise<void> {
  await dialog.getByRole('button', { name: action, exact: true }).click()
  await dialog.waitFor({ state: 'detached', ...patience })
}

/** Sends a form that is not: the sentence is at the form, and the form is still there. */
export async function refused(dialog: Locator, action: string, sentence: string | RegExp): Promise<void> {
  await dialog.getByRole('button', { name: action, exact: true }).click()
  await dialog.getByRole('alert').getByText(sentence).first().waitFor(patience)
}

/** Takes something out, after saying so twice. */
export async function remove(page: Page, button: Locator, action = 'Remove'): Promise<void> {
  await send(await open(page, button), action)
}

/** What the browser's console says of answers that a test asked for: a refusal is one, too. */
export const real = (errors: string[]): string[] =>
  errors.filter((text) => !/status of 4(00|01|03|04|09)/.test(text))

/** A picture for somebody's eyes, where they want one. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.CAPSTAN_PICTURES
  if (!folder) return
  const fullPage = (await page.getByRole('dialog').count()) === 0
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage })
}
