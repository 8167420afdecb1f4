/** @file Signing in, inviting, narrowing and putting out again, in a real browser. */
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWorld, type World } from '../../e2e/server/world.ts'
import { openBrowser, overflow, visit } from './chromium.ts'

let browser: Browser
let w: World
const password = 'six anchors weighed'

beforeAll(async () => {
  browser = await openBrowser()
  w = await startWorld({
    workers: 0,
    webRoot: join(import.meta.dirname, '../../../packages/web/dist'),
  })
  await w.capstan.members.create({ body: { name: 'Olga', roles: ['owner'] } })
})
afterAll(async () => {
  await browser?.close()
  await w?.server.close()
})

/** A sign-in that is refused is an error of the console, too. */
const real = (errors: string[]) => errors.filter((text) => !/status of 40[13]|status of 409/.test(text))

test('the first account closes the door; who signs in finds everything, and is put out at once', async () => {
  const { page, errors } = await visit(browser, `${w.server.address}/members`)
  await page.getByLabel('Password of the first owner').fill('short')
  await page.getByRole('button', { name: 'Open the first account' }).click()
  await page.getByRole('alert').getByText('at least 10 characters').waitFor()
  await page.getByLabel('Password of the first owner').fill(password)
  await page.getByRole('button', { name: 'Open the first account' }).click()
  await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor()
  await page.getByLabel(/^Name/).fill('olga')
  await page.locator('input[type=password]').fill('wrong words entirely')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('alert').getByText('do not belong together').waitFor()
  await page.locator('input[type=password]').fill(password)
  if (process.env.CAPSTAN_PICTURES)
    await page.screenshot({ path: `${process.env.CAPSTAN_PICTURES}/sign-in.png` })
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'Members' }).waitFor()

  await page.getByLabel(/^Name/).fill('高 <b>Gao</b>')
  await page.getByRole('button', { name: 'Add a member' }).click()
  const row = page.getByRole('row').filter({ hasText: '高 <b>Gao</b>' })
  await row.getByRole('button', { name: 'Invite' }).click()
  const code = await page.locator('output code').textContent()
  expect(code).toMatch(/^[\w-]{43}$/)
  if (process.env.CAPSTAN_PICTURES)
    await page.screenshot({ path: `${process.env.CAPSTAN_PICTURES}/members.png`, fullPage: true })
  expect(await overflow(page)).toBeLessThanOrEqual(0)

  const guest = await visit(browser, `${w.server.address}/account`, { locale: 'zh-CN' })
  await guest.page.getByRole('heading', { level: 1, name: '登录' }).waitFor()
  await guest.page.getByRole('button', { name: '我有邀请码' }).click()
  await guest.page.getByLabel('邀请码').fill(code!)
  await guest.page.getByLabel('自设密码').fill(password)
  await guest.page.getByRole('button', { name: '设置密码并登录' }).click()
  await guest.page.getByRole('heading', { level: 1, name: '您的账号' }).waitFor()
  await guest.page.getByLabel('用途').fill('mlflow')
  await guest.page.getByRole('button', { name: '新建令牌' }).click()
  expect(await guest.page.locator('output code').textContent()).toMatch(/^cap_[\w-]{43}$/)
  if (process.env.CAPSTAN_PICTURES)
    await guest.page.screenshot({ path: `${process.env.CAPSTAN_PICTURES}/account-zh.png`, fullPage: true })
  expect(await overflow(guest.page)).toBeLessThanOrEqual(0)

  await row.getByRole('button', { name: 'Disable' }).click()
  await row.getByText('disabled').waitFor()
  // without a click of theirs
  await guest.page.getByRole('heading', { level: 1, name: '登录' }).waitFor({ timeout: 30_000 })
  expect([...real(errors), ...real(guest.errors)]).toEqual([])
})
