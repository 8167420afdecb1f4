/** @file The forms of the page of risks: risks, mitigations, indicators, shared causes and incidents. */
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
  const { id } = await world.capstan.measures.create({
    body: {
      ...{
        key: 'complaints',
        name: 'Complaints a week',
        unit: 'complaints',
        direction: 'down',
        scale: 'linear',
      },
      query: { source: 'typed' },
    },
  })
  await world.capstan.measures.addPoint({ params: { id }, body: { value: 12, note: 'counted by hand' } })
})
afterAll(async () => {
  await browser?.close()
  await world?.server.close()
})

test('a risk is registered, refused, changed, closed and opened again', async () => {
  const { capstan, server } = world
  const { page, errors } = await visit(browser, `${server.address}/risk`)
  const register = panel(page, 'Register')
  let dialog = await open(page, register.getByRole('button', { name: 'Register a risk' }))
  await dialog.getByLabel('What could happen').fill('The labeller leaves')
  await dialog.getByLabel('At least, a year').fill('2')
  await dialog.getByLabel('At most, a year').fill('0.5')
  await dialog.getByLabel(/^At least, CNY/).fill('10000')
  await dialog.getByLabel(/^At most, CNY/).fill('90000')
  await dialog.getByLabel('Owner').selectOption({ label: 'Ann' })
  await dialog.getByLabel('What brings it about').fill('A better offer')
  await dialog.getByLabel('What brings it about').press('Enter')
  await refused(dialog, 'Register', /The labeller leaves/)
  expect(await dialog.getByLabel('At least, a year').inputValue()).toBe('2')
  await picture(page, 'risk-refused')
  await dialog.getByLabel('At least, a year').fill('0.1')
  await send(dialog, 'Register')
  await register.getByText('The labeller leaves').waitFor(patience)
  const [risk] = await capstan.risk.list()
  expect(risk).toMatchObject({
    ...{ frequencyRange: { low: 0.1, high: 0.5 }, reasons: ['A better offer'], ownerId: world.ann },
    loss: { kind: 'lognormal', low: 10000, high: 90000 },
  })

  dialog = await open(page, register.getByRole('button', { name: 'Edit: The labeller leaves' }))
  await dialog.getByLabel('Treatment').selectOption('accept')
  await dialog.getByLabel('Known as').last().selectOption('pert')
  await dialog.getByLabel(/^Likely, CNY/).fill('30000')
  await send(dialog, 'Save')
  // the estimate of the frequency was left alone, and goes on counting incidents
  expect((await capstan.risk.list())[0]).toMatchObject({
    ...{ treatment: 'accept', estimatedAt: risk!.estimatedAt, frequencyRange: { low: 0.1, high: 0.5 } },
    loss: { kind: 'pert', min: 10000, mode: 30000, max: 90000 },
  })

  await remove(page, register.getByRole('button', { name: 'Close: The labeller leaves' }), 'Close')
  await register.getByText('Closed: 1').click()
  await register.getByRole('button', { name: 'Open again: The labeller leaves' }).click()
  await expect.poll(async () => (await capstan.risk.list()).length, patience).toBe(1)
  expect(real(errors)).toEqual([])
  await page.context().close()
})

test('a mitigation is proposed, refused, changed, adopted and put aside', async () => {
  const { capstan, server } = world
  const { page, errors } = await visit(browser, `${server.address}/risk`)
  const part = panel(page, 'Mitigations, best return first')
  let dialog = await open(page, part.getByRole('button', { name: 'Propose a mitigation' }))
  await dialog.getByLabel('What is done about it').fill('Train a second labeller')
  await dialog.getByLabel('Cost a year').fill('4000')
  await refused(dialog, 'Propose', /Train a second labeller/)
  await dialog.getByLabel('Fewer events, %').fill('60')
  await send(dialog, 'Propose')
  dialog = await open(page, part.getByRole('button', { name: 'Edit: Train a second labeller' }))
  expect(await dialog.getByLabel('Fewer events, %').inputValue()).toBe('60')
  await dialog.getByLabel('Less loss an event, %').fill('25')
  await picture(page, 'risk-mitigation')
  await send(dialog, 'Save')
  expect((await capstan.risk.mitigations())[0]).toMatchObject({ frequencyFactor: 0.4, lossFactor: 0.75 })
  await part.getByRole('button', { name: 'Adopt' }).click()
  await part.getByRole('button', { name: 'Give up' }).waitFor(patience)
  await remove(page, part.getByRole('button', { name: 'Remove: Train a second labeller' }))
  await part.getByText('No mitigation has been proposed yet.').waitFor(patience)
  expect(real(errors)).toEqual([])
  await page.context().close()
})

test('a risk is watched by a measure, rests on a shared cause, and what struck it is put right', async () => {
  const { capstan, server } = world
  const { page, errors } = await visit(browser, `${server.address}/risk`)
  const causes = panel(page, 'Shared causes')
  let dialog = await open(page, causes.getByRole('button', { name: 'Add a cause' }))
  await dialog.getByLabel('What makes a year worse').fill('The labour market')
  await dialog.getByLabel('How much years differ').fill('-1')
  await refused(dialog, 'Add', /volatility|differ|deviation/i)
  await dialog.getByLabel('How much years differ').fill('0.5')
  await send(dialog, 'Add')
  await causes.getByText('The labour market').waitFor(patience)

  const register = panel(page, 'Register')
  dialog = await open(page, register.getByRole('button', { name: 'Edit: The labeller leaves' }))
  await dialog.getByText('What it has in common with other risks').click()
  await dialog.getByRole('button', { name: 'Add a cause' }).click()
  await dialog.getByLabel('Weight, %').fill('140')
  await refused(dialog, 'Save', /The labeller leaves/)
  await dialog.getByLabel('Weight, %').fill('40')
  await picture(page, 'risk-dependence')
  await send(dialog, 'Save')
  await expect.poll(async () => (await capstan.risk.list())[0]!.causes[0]?.weight, patience).toBe(0.4)
  expect(await causes.getByRole('button', { name: /^Remove/ }).count()).toBe(0)

  const indicators = panel(page, 'Indicators')
  dialog = await open(page, indicators.getByRole('button', { name: 'Add an indicator' }))
  await dialog.getByLabel('Amber from').fill('20')
  await dialog.getByLabel('Red from').fill('10')
  await refused(dialog, 'Add', /amber|red/i)
  await dialog.getByLabel('Amber from').fill('10')
  await dialog.getByLabel('Red from').fill('20')
  await send(dialog, 'Add')
  await indicators.getByRole('cell', { name: 'amber' }).waitFor(patience)
  dialog = await open(page, indicators.getByRole('button', { name: 'Edit: Complaints a week' }))
  await dialog.getByLabel('Amber from').fill('15')
  await send(dialog, 'Save')
  await indicators.getByRole('cell', { name: 'green' }).waitFor(patience)

  const incidents = panel(page, 'Incidents')
  await incidents.getByLabel('What happened').fill('Notice given')
  await incidents.getByRole('button', { name: 'Record' }).click()
  dialog = await open(page, incidents.getByRole('button', { name: 'Edit: Notice given' }))
  await dialog.getByLabel('Risk').selectOption({ label: 'The labeller leaves' })
  await dialog.getByLabel('It cost').fill('-5')
  await refused(dialog, 'Save', /loss/)
  await dialog.getByLabel('It cost').fill('5000')
  await send(dialog, 'Save')
  await expect.poll(async () => (await capstan.risk.list())[0]!.now.incidents, patience).toBe(1)
  await picture(page, 'risk')
  expect(real(errors)).toEqual([])
  await page.context().close()
})

test('in Chinese, on a phone and in the dark the page and its forms hold together', async () => {
  for (const [name, options] of [
    ['risk-zh', { locale: 'zh-CN' }],
    ['risk-zh-phone', { locale: 'zh-CN', viewport: { width: 390, height: 800 } }],
    ['risk-dark', { colorScheme: 'dark' }],
  ] as const) {
    const { page, errors } = await visit(browser, `${world.server.address}/risk`, options)
    await page.getByText('Notice given').first().waitFor(patience)
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    await picture(page, name)
    await open(page, page.getByRole('button', { name: /: The labeller leaves$/ }).first())
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    await picture(page, `${name}-form`)
    await page.keyboard.press('Escape')
    await open(page, page.getByRole('button', { name: /: Complaints a week$/ }).first())
    await picture(page, `${name}-indicator`)
    expect(errors).toEqual([])
    await page.context().close()
  }
})
