/** @file The forms of the page of strategy: objectives, initiatives, the market; and of the registry: lineages and gates. */
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
  const { measures, resources } = world.capstan
  await measures.create({
    body: {
      ...{ key: 'signups', name: 'Sign-ups a week', unit: 'sign-ups', direction: 'up', scale: 'linear' },
      query: { source: 'typed' },
    },
  })
  await resources.createPool({
    body: { name: 'GPU', kind: 'compute', unit: 'h', capacity: [40, 40, 40, 40], rate: 2 },
  })
})
afterAll(async () => {
  await browser?.close()
  await world?.server.close()
})

test('an objective is set with a key result, and an initiative is put forward for it', async () => {
  const { capstan, server } = world
  const { page, errors } = await visit(browser, `${server.address}/strategy`)
  let dialog = await open(page, page.getByRole('button', { name: 'Set an objective' }))
  await dialog.getByLabel('What is to be reached').fill('Clinics use it')
  await dialog.getByLabel('Owner').selectOption({ label: 'Ann' })
  await send(dialog, 'Set')
  const part = panel(page, 'Clinics use it')
  dialog = await open(page, part.getByRole('button', { name: 'Add a key result: Clinics use it' }))
  await dialog.getByLabel('How it will show').fill('40 sign-ups a week')
  await dialog.getByLabel('Before').fill('5')
  await dialog.getByLabel('Target, at least').fill('40')
  const lastDay = await dialog.getByLabel('Due').inputValue()
  await dialog.getByLabel('Due').fill('2020-01-01')
  await refused(dialog, 'Add', /cycle|past|due/i)
  await dialog.getByLabel('Due').fill(lastDay)
  await picture(page, 'strategy-key-result')
  await send(dialog, 'Add')
  await part.getByText('40 sign-ups a week').first().waitFor(patience)
  const cycle = await capstan.cycles.get({ params: { id: world.cycleId } })
  expect((await capstan.strategy.keyResults({}))[0]).toMatchObject({
    target: 40,
    baseline: 5,
    due: cycle.end,
  })
  dialog = await open(page, part.getByRole('button', { name: 'Edit: 40 sign-ups a week' }))
  await dialog.getByLabel('Target, at least').fill('35')
  await send(dialog, 'Save')
  expect((await capstan.strategy.keyResults({}))[0]).toMatchObject({ target: 35, due: cycle.end })
  // what key results rest on cannot be removed, so it is not offered
  expect(await part.getByRole('button', { name: 'Remove: Clinics use it' }).count()).toBe(0)

  const initiatives = panel(page, 'Initiatives')
  dialog = await open(page, initiatives.getByRole('button', { name: 'Put an initiative forward' }))
  await dialog.getByLabel('Initiative', { exact: false }).first().fill('A demo for clinics')
  const worth = dialog.getByRole('group', { name: /^Worth/ })
  await worth.getByLabel('Least').fill('10000')
  await worth.getByLabel('Most likely').fill('40000')
  await worth.getByLabel('Greatest').fill('90000')
  await dialog.getByLabel('At least, %').fill('80')
  await dialog.getByLabel('At most, %').fill('40')
  await dialog.getByRole('button', { name: 'Add a need' }).click()
  await dialog.getByLabel('Amounts').fill('4, 4, 2')
  await refused(dialog, 'Put forward', /A demo for clinics/)
  await dialog.getByLabel('At most, %').fill('95')
  await picture(page, 'strategy-initiative')
  await send(dialog, 'Put forward')
  await initiatives.getByText('GPU 10 h').waitFor(patience)
  dialog = await open(page, initiatives.getByRole('button', { name: 'Edit: A demo for clinics' }))
  await dialog.getByText('RICE and WSJF').click()
  await dialog.getByLabel('Reach').fill('200')
  await dialog.getByLabel('Impact').fill('2')
  await dialog.getByLabel('Confidence, %').fill('80')
  await send(dialog, 'Save')
  const [initiative] = await capstan.strategy.initiatives({})
  expect(initiative).toMatchObject({ rice: { reach: 200, impact: 2, confidence: 0.8 } })
  expect(Object.values(initiative!.needs)).toEqual([[4, 4, 2]])
  await picture(page, 'strategy-goals')
  await remove(page, initiatives.getByRole('button', { name: 'Withdraw: A demo for clinics' }), 'Withdraw')
  await initiatives.getByText('No initiative has been put forward yet.').waitFor(patience)
  expect(real(errors)).toEqual([])
  await page.context().close()
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
  await dialog.getByRole('combobox', { name: 'What it rests on' }).fill('Smaller')
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
  await dialog.getByRole('combobox', { name: 'Versions of this workspace' }).fill('reader')
  await page.getByRole('option', { name: 'reader v1' }).click()
  await page.keyboard.press('Escape')
  await dialog.getByRole('button', { name: 'Add a model of others' }).click()
  await dialog.getByLabel('Model').fill('Base 7B')
  await dialog.getByLabel('Compute, FLOP', { exact: true }).fill('1e45')
  await dialog.getByLabel('Source').fill('its report')
  await refused(dialog, 'Save', /flop/)
  await dialog.getByLabel('Compute, FLOP', { exact: true }).fill('8.4e22')
  await dialog.getByLabel('Own training compute').fill('1e21')
  await picture(page, 'registry-lineage')
  await send(dialog, 'Save')
  await part.getByRole('cell', { name: 'Base 7B' }).waitFor(patience)
  await part.getByRole('cell', { name: '8.40e+22' }).waitFor(patience)
  dialog = await open(page, part.getByRole('button', { name: /^Say what it was made from/ }))
  expect(await dialog.getByLabel('Compute, FLOP', { exact: true }).inputValue()).toBe('8.4e+22')
  await dialog.getByLabel('Compute, FLOP', { exact: true }).fill('')
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
