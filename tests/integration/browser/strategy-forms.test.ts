/** @file The forms of the page of strategy: segments, comparisons and SWOT; and of the registry: lineages and gates. */
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

test('a market segment is added, refused, changed and removed', async () => {
  const { capstan, server } = world
  const { page, errors } = await visit(browser, `${server.address}/strategy`)
  const part = panel(page, 'Market')
  let dialog = await open(page, part.getByRole('button', { name: 'Add a segment' }))
  const range = async (group: RegExp, values: [string, string, string]) => {
    const fields = dialog.getByRole('group', { name: group })
    for (const [i, label] of ['Least', 'Most likely', 'Greatest'].entries())
      await fields.getByLabel(label).fill(values[i]!)
  }
  await dialog.getByLabel('Segment', { exact: false }).first().fill('Clinics')
  await range(/^Spending/, ['1000000', '900000', '4000000'])
  await range(/^Growth/, ['5', '10', '20'])
  await range(/^What the team may win/, ['1', '2', '5'])
  await dialog.getByLabel('Source').fill('Own survey of 40 clinics')
  await refused(dialog, 'Add', /Clinics/)
  await range(/^Spending/, ['1000000', '2000000', '4000000'])
  await picture(page, 'strategy-segment')
  await send(dialog, 'Add')
  await part.getByText('Own survey of 40 clinics').waitFor(patience)
  expect((await capstan.market.segments())[0]).toMatchObject({
    growth: { low: 0.05, mode: 0.1, high: 0.2 },
    share: { low: 0.01, mode: 0.02, high: 0.05 },
  })
  dialog = await open(page, part.getByRole('button', { name: 'Edit: Clinics' }))
  await dialog.getByLabel('Description').fill('Outpatient only')
  await send(dialog, 'Save')
  await part.getByText('Outpatient only').waitFor(patience)
  await picture(page, 'strategy-market')
  await remove(page, part.getByRole('button', { name: 'Remove: Clinics' }))
  await part.getByText('No market segment yet.').waitFor(patience)
  expect(real(errors)).toEqual([])
  await page.context().close()
})

test('competitors are scored by criteria, each score with its source', async () => {
  const { capstan, server } = world
  const { page, errors } = await visit(browser, `${server.address}/strategy`)
  const part = panel(page, 'Competitors')
  let dialog = await open(page, part.getByRole('button', { name: 'Add a criterion' }))
  await dialog.getByLabel('Name').fill('Accuracy')
  await dialog.getByLabel('Weight').fill('0')
  await refused(dialog, 'Add', /weight/)
  await dialog.getByLabel('Weight').fill('2')
  await dialog.getByLabel('What 0 and what 10').fill('0: guessing, 10: no error')
  await send(dialog, 'Add')

  for (const [name, score] of [
    ['We', '11'],
    ['Goliath', '8'],
  ] as const) {
    dialog = await open(page, part.getByRole('button', { name: 'Add a competitor' }))
    await dialog.getByLabel('Name').fill(name)
    if (name === 'We') await dialog.getByLabel('This is our own product').check()
    await dialog.getByLabel('Accuracy').first().fill(score)
    await dialog.getByLabel('Source: Accuracy').fill('Benchmark of March')
    if (name === 'We') {
      await refused(dialog, 'Add', /score/)
      await dialog.getByLabel('Accuracy').first().fill('6')
      await picture(page, 'strategy-contender')
    }
    await send(dialog, 'Add')
    await part.getByRole('cell', { name, exact: true }).waitFor(patience)
  }
  await part.getByText('Criteria and weights (1)').click()
  expect(await part.getByRole('button', { name: 'Remove: Accuracy' }).count()).toBe(0)
  dialog = await open(page, part.getByRole('button', { name: 'Edit: Goliath' }))
  await dialog.getByLabel('Accuracy').first().fill('')
  await send(dialog, 'Save')
  await part.getByText('open', { exact: true }).waitFor(patience)
  const contenders = await capstan.market.contenders({ query: { kind: 'competitor' } })
  expect(contenders.map(({ scores }) => scores.length)).toEqual([1, 0])

  const trends = panel(page, 'Technology trends')
  dialog = await open(page, trends.getByRole('button', { name: 'Add a trend' }))
  await dialog.getByLabel('Name').fill('Smaller models')
  await dialog.getByLabel('How the team treats it').selectOption('try')
  await send(dialog, 'Add')
  await trends.getByText('Smaller models').waitFor(patience)
  await remove(page, part.getByRole('button', { name: 'Remove: Goliath' }))
  await expect.poll(() => part.getByText('Goliath').count(), patience).toBe(0)
  expect(real(errors)).toEqual([])
  await page.context().close()
})

test('a strength is written down, rests on something, is changed and removed', async () => {
  const { server } = world
  const { page, errors } = await visit(browser, `${server.address}/strategy`)
  const part = panel(page, 'Strengths, weaknesses, opportunities, threats')
  let dialog = await open(page, part.getByRole('button', { name: 'Add an entry' }))
  await dialog.getByLabel('In one sentence').fill('Our labels are better')
  await dialog.getByLabel('Note').fill('x'.repeat(4001))
  await refused(dialog, 'Add', /note/)
  await dialog.getByLabel('Note').fill('Two labellers each')
  await dialog.getByRole('textbox', { name: 'What it rests on' }).fill('Smaller')
  await page.getByRole('option', { name: 'Smaller models' }).click()
  await picture(page, 'strategy-swot')
  await send(dialog, 'Add')
  const link = part.getByRole('link', { name: 'Our labels are better' })
  await link.waitFor(patience)
  expect(await link.getAttribute('href')).toMatch(/#trend-/)
  dialog = await open(page, part.getByRole('button', { name: 'Edit: Our labels are better' }))
  await dialog.getByLabel('Weight').selectOption('5')
  await send(dialog, 'Save')
  await part.getByText('5 of 5').waitFor(patience)
  await picture(page, 'strategy')
  await remove(page, part.getByRole('button', { name: 'Remove: Our labels are better' }))
  await part.getByText('Nothing has been written down yet.').waitFor(patience)
  expect(real(errors)).toEqual([])
  await page.context().close()
})

test('a version says what it was made from, and its model has a gate', async () => {
  const { server } = world
  const mlflow = (path: string, body: object) =>
    fetch(`${server.address}/api/2.0/mlflow/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  await mlflow('registered-models/create', { name: 'reader' })
  for (const source of ['s3://one', 's3://two'])
    await mlflow('model-versions/create', { name: 'reader', source })
  const { page, errors } = await visit(browser, `${server.address}/registry`)
  const part = panel(page, 'reader v2')
  let dialog = await open(page, part.getByRole('button', { name: /^Say what it was made from/ }))
  await dialog.getByRole('textbox', { name: 'Versions of this workspace' }).fill('reader')
  await page.getByRole('option', { name: 'reader v1' }).click()
  await page.keyboard.press('Escape')
  await dialog.getByRole('button', { name: 'Add a model of others' }).click()
  await dialog.getByLabel('Model').fill('Base 7B')
  await dialog.getByLabel('Compute, FLOP').fill('1e45')
  await dialog.getByLabel('Source').fill('its report')
  await refused(dialog, 'Save', /flop/)
  await dialog.getByLabel('Compute, FLOP').fill('8.4e22')
  await dialog.getByLabel('Own training compute').fill('1e21')
  await picture(page, 'registry-lineage')
  await send(dialog, 'Save')
  await part.getByRole('cell', { name: 'Base 7B' }).waitFor(patience)
  await part.getByRole('cell', { name: '8.40e+22' }).waitFor(patience)
  dialog = await open(page, part.getByRole('button', { name: /^Say what it was made from/ }))
  expect(await dialog.getByLabel('Compute, FLOP').inputValue()).toBe('8.4e+22')
  await dialog.getByLabel('Compute, FLOP').fill('')
  await send(dialog, 'Save')
  await part.getByRole('cell', { name: 'unknown' }).first().waitFor(patience)

  dialog = await open(page, part.getByRole('button', { name: /^Set the gate/ }))
  await dialog.getByLabel('Limit, 0 to 1').fill('0.97')
  await dialog.getByRole('button', { name: 'Another rule' }).click()
  await dialog.getByLabel('Measure').nth(1).selectOption('bytes')
  await dialog.getByLabel('Limit, bytes').fill('5000000')
  await picture(page, 'registry-gate')
  await send(dialog, 'Save')
  await part.getByText('≥ 97').first().waitFor(patience)
  await picture(page, 'registry')
  expect(real(errors)).toEqual([])
  await page.context().close()
})

test('in Chinese, on a phone and in the dark the page and its forms hold together', async () => {
  for (const [name, options] of [
    ['strategy-zh', { locale: 'zh-CN' }],
    ['strategy-zh-phone', { locale: 'zh-CN', viewport: { width: 390, height: 800 } }],
    ['strategy-dark', { colorScheme: 'dark' }],
  ] as const) {
    const { page, errors } = await visit(browser, `${world.server.address}/strategy`, options)
    await page.getByText('Smaller models').first().waitFor(patience)
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    await picture(page, name)
    await open(page, page.getByRole('button', { name: /^(添加细分市场|Add a segment)$/ }))
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    await picture(page, `${name}-segment`)
    await page.keyboard.press('Escape')
    await open(page, page.getByRole('button', { name: /^(编辑|Edit): We$/ }))
    await picture(page, `${name}-contender`)
    expect(errors).toEqual([])
    await page.context().close()
  }
})
