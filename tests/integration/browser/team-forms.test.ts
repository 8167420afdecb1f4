/** @file The forms of the team's page: tasks, decisions, who must approve, and what members can do. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, overflow, visit } from './chromium.ts'
import {
  focused,
  open,
  panel,
  patience,
  picture,
  real,
  refused,
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

test('a task is added, refused, changed while somebody else changes it, moved and closed', async () => {
  const { capstan, server } = world
  const { page, errors } = await visit(browser, `${server.address}/team`)
  const adding = page.getByRole('button', { name: 'Add a task' })
  let dialog = await open(page, adding)
  await focused(page, dialog.getByLabel('What is to be done'))
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await focused(page, adding)

  dialog = await open(page, adding)
  await dialog.getByLabel('What is to be done').fill('Label 500 pictures')
  await dialog.getByLabel('Who does it').selectOption({ label: 'Ann' })
  await dialog.getByLabel('Estimate, days').fill('2000')
  await dialog.getByLabel('Skill it needs').fill('labelling')
  await dialog.getByLabel('Due').fill('2031-04-01')
  await dialog.getByLabel('Priority').selectOption('high')
  await refused(dialog, 'Add', /estimateDays/)
  expect(await dialog.getByRole('alert').getByText('request/invalid').count()).toBe(1)
  expect(await dialog.getByLabel('What is to be done').inputValue()).toBe('Label 500 pictures')
  // the field that it names is where one goes on
  await focused(page, dialog.getByLabel('Estimate, days'))
  await picture(page, 'team-task-refused')
  await dialog.getByLabel('Estimate, days').fill('2.5')
  await send(dialog, 'Add')
  const card = page.getByRole('listitem').filter({ hasText: 'Label 500 pictures' })
  await card.getByText(/Ann · 2.5 days · due 2031-04-01 · high/).waitFor(patience)

  // only what may follow is offered
  const state = card.getByLabel('State of “Label 500 pictures”')
  expect(await state.locator('option').allTextContents()).toEqual(['to do', 'doing', 'blocked', 'dropped'])

  // somebody else changes it while it is open here
  dialog = await open(page, card.getByRole('button', { name: 'Edit: Label 500 pictures' }))
  await dialog.getByLabel('What is to be done').fill('Label 600 pictures')
  const [task] = await capstan.team.tasks()
  await capstan.team.editTask({
    params: { id: task!.id },
    body: { revision: task!.revision!, description: 'Theirs' },
  })
  await dialog.getByText('Somebody else changed this').waitFor(patience)
  await refused(dialog, 'Save', /changed by somebody else/)
  await picture(page, 'team-task-meanwhile')
  await dialog.getByRole('button', { name: 'Keep what I changed' }).click()
  expect(await dialog.getByLabel('Description').inputValue()).toBe('Theirs')
  await send(dialog, 'Save')
  expect((await capstan.team.tasks())[0]).toMatchObject({
    title: 'Label 600 pictures',
    description: 'Theirs',
  })

  const renamed = page.getByRole('listitem').filter({ hasText: 'Label 600 pictures' })
  await renamed.getByLabel(/^State of/).selectOption('doing')
  await expect.poll(async () => (await capstan.team.tasks())[0]!.state, patience).toBe('doing')
  await renamed.getByLabel(/^State of/).selectOption('done')
  dialog = page.getByRole('dialog')
  await dialog.getByLabel('Took, days').fill('3')
  await send(dialog, 'Done')
  expect((await capstan.team.tasks())[0]).toMatchObject({ state: 'done', actualDays: 3 })
  expect(real(errors)).toEqual([])
  await page.context().close()
})

test('a decision is recorded with what it is expected to bring, and its outcome is scored', async () => {
  const { capstan, server } = world
  const { page, errors } = await visit(browser, `${server.address}/team`)
  const part = panel(page, 'Decisions')
  let dialog = await open(page, part.getByRole('button', { name: 'Record a decision' }))
  await dialog.getByLabel('What is decided').fill('Where to train')
  await dialog.getByLabel('Option 1', { exact: true }).fill('Rent')
  await dialog.getByLabel('Option 2', { exact: true }).fill('Rent')
  await dialog.getByRole('button', { name: 'Another option' }).click()
  await dialog.getByLabel('Option 3', { exact: true }).fill('Wait')
  await dialog.getByLabel('Choose option 2').check()
  await dialog.getByLabel('Why').fill('Cheaper for a year')
  await dialog.getByLabel('What it is expected to bring').selectOption('chance')
  await dialog.getByLabel('Chance that it comes about, %').fill('70')
  await refused(dialog, 'Record', /options/i)
  await dialog.getByLabel('Option 2', { exact: true }).fill('Buy')
  await picture(page, 'team-decision')
  await send(dialog, 'Record')
  await part.getByText('instead of Rent · Wait').waitFor(patience)
  expect((await capstan.team.decisions())[0]).toMatchObject({ chosen: 'Buy', expectation: { chance: 0.7 } })

  dialog = await open(page, part.getByRole('button', { name: 'Record the outcome: Where to train' }))
  await dialog.getByLabel('did not come about').check()
  await send(dialog, 'Record')
  await part.getByText('did not come about').waitFor(patience)
  expect(await part.getByText('not met yet').count()).toBe(0)
  await part.getByText('Brier 0.49').waitFor(patience)
  expect(real(errors)).toEqual([])
  await page.context().close()
})

test('a policy is set, and a decision then waits for a vote', async () => {
  const { capstan, server } = world
  await capstan.members.create({ body: { name: 'Bo', roles: ['owner'] } })
  const { page, errors } = await visit(browser, `${server.address}/team`)
  const part = panel(page, 'Who must approve')
  const dialog = await open(page, part.getByRole('button', { name: 'Edit: decisions' }))
  await dialog.getByLabel('owner').uncheck()
  await refused(dialog, 'Save', 'at least one role or one member')
  await dialog.getByLabel('owner').check()
  await dialog.getByLabel('Hours to vote').fill('48')
  await picture(page, 'team-policy')
  await send(dialog, 'Save')
  await part.getByText('not by whoever asked · within 48 hours').waitFor(patience)
  await capstan.team.decide({
    body: { title: 'Hire', options: ['Yes', 'No'], chosen: 'Yes', decidedBy: world.ann },
  })
  await panel(page, 'Decisions').getByText('waits for approval').waitFor(patience)
  const voters = await page.getByLabel('Vote as').locator('option').allTextContents()
  expect(voters).toEqual(['Bo as owner'])
  await picture(page, 'team')
  expect(real(errors)).toEqual([])
  await page.context().close()
})

test('what a member can do, and when they are away, is written down', async () => {
  const { capstan, server } = world
  const { page, errors } = await visit(browser, `${server.address}/team`)
  const part = panel(page, 'Members')
  const editing = part.getByRole('button', { name: 'Edit: Ann' })
  const dialog = await open(page, editing)
  await dialog.getByRole('combobox', { name: 'Skills' }).fill('statistics')
  await page.keyboard.press('Enter')
  await dialog.getByRole('button', { name: 'Add an absence' }).click()
  await dialog.getByLabel('First day').fill('2031-04-10')
  await dialog.getByLabel('Last day').fill('2031-04-01')
  await dialog.getByLabel('Note').fill('A journey')
  await refused(dialog, 'Save', /ends before it begins/)
  await dialog.getByLabel('Last day').fill('2031-04-20')
  await picture(page, 'team-member')
  await send(dialog, 'Save')
  await focused(page, editing)
  await part.getByText('2031-04-10 – 2031-04-20 (A journey)').waitFor(patience)
  const ann = (await capstan.members.list()).find(({ id }) => id === world.ann)
  expect(ann).toMatchObject({
    skills: ['labelling', 'statistics'],
    absences: [{ from: '2031-04-10', to: '2031-04-20', note: 'A journey' }],
  })
  expect(real(errors)).toEqual([])
  await page.context().close()
})

test('in Chinese, on a phone and in the dark the page and its forms hold together', async () => {
  for (const [name, options] of [
    ['team-zh', { locale: 'zh-CN' }],
    ['team-zh-phone', { locale: 'zh-CN', viewport: { width: 390, height: 800 } }],
    ['team-dark', { colorScheme: 'dark' }],
  ] as const) {
    const { page, errors } = await visit(browser, `${world.server.address}/team`, options)
    await page.getByText('Where to train').first().waitFor(patience)
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    await picture(page, name)
    await open(page, page.getByRole('button', { name: /^(添加任务|Add a task)$/ }))
    expect(await overflow(page)).toBeLessThanOrEqual(0)
    await picture(page, `${name}-task`)
    await page.keyboard.press('Escape')
    await open(page, page.getByRole('button', { name: /^(记录决策|Record a decision)$/ }))
    await picture(page, `${name}-decision`)
    expect(errors).toEqual([])
    await page.context().close()
  }
})
