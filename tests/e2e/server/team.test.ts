/** @file Tasks of a team through the real server: order, dependencies, edits, filters, refusals. */
import type { Client, Task } from '@capstan/api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { refusalOf, startWorld, type World } from './world.ts'

const clock = { at: new Date('2026-03-02T02:00:00.000Z') }
let world: World
let capstan: Client
let ann: string
let bo: string
beforeAll(async () => {
  world = await startWorld({ workers: 0, now: () => clock.at })
  capstan = world.capstan
  await capstan.workspace.update({ body: { timeZone: 'Asia/Shanghai' } })
  ann = (await capstan.members.create({ body: { name: 'Ann', roles: ['engineer'] } })).id
  bo = (await capstan.members.create({ body: { name: '波', roles: ['lead'] } })).id
})
afterAll(() => world.server.close())

type Given = NonNullable<Parameters<Client['team']['createTask']>[0]>['body']
const add = (title: string, rest: Partial<Given> = {}) =>
  capstan.team.createTask({ body: { title, assigneeId: ann, ...rest } })
const edit = (task: Task, body: object) =>
  capstan.team.editTask({ params: { id: task.id }, body: { revision: task.revision!, ...body } })
const move = (id: string, body: object) => capstan.team.moveTask({ params: { id }, body })
const titles = async (query: object = {}) => (await capstan.team.tasks({ query })).map(({ title }) => title)

describe('a board', () => {
  let label: Task
  let train: Task
  let ship: Task
  test('keeps its order, and puts a task where it is told', async () => {
    label = await add('Label', { due: '2026-03-05', priority: 'high', skill: 'data' })
    train = await add('Train', { dependsOn: [label.id], estimateDays: 3 })
    ship = await add('Ship <script>alert(1)</script>', { assigneeId: null, dependsOn: [train.id] })
    expect(await titles()).toEqual(['Label', 'Train', ship.title])
    await move(ship.id, { before: label.id })
    expect(await titles()).toEqual([ship.title, 'Label', 'Train'])
    await move(ship.id, { before: null })
    expect(await titles()).toEqual(['Label', 'Train', ship.title])
  })

  test('refuses what its rules refuse, and changes nothing', async () => {
    const before = await capstan.team.tasks()
    const refusals = [
      await refusalOf(move(train.id, { state: 'doing' })),
      await refusalOf(move(ship.id, { state: 'doing' })),
      await refusalOf(move(label.id, { state: 'done' })),
      await refusalOf(edit(label, { dependsOn: [ship.id], title: 'Renamed' })),
      await refusalOf(edit(label, { assigneeId: 'nobody', title: 'Renamed' })),
      await refusalOf(move(label.id, { state: 'doing', links: [{ noun: 'run', id: 'run_none' }] })),
      await refusalOf(move(label.id, { before: 'task_none' })),
    ]
    expect(refusals.map(({ status }) => status)).toEqual([409, 409, 409, 409, 404, 404, 409])
    expect(refusals[0]!.message).toBe('“Train” waits for: Label.')
    expect(refusals[3]!.message).toContain(`Renamed → ${ship.title} → Train → Renamed`)
    expect(await capstan.team.tasks()).toEqual(before)
  })

  test('of two who edit one task, the second is told', async () => {
    const first = await edit(label, { description: 'By **two** people' })
    const refusal = await refusalOf(edit(label, { title: 'Lost' }))
    expect(refusal).toMatchObject({ status: 409, code: 'request/changed-meanwhile' })
    expect(await capstan.team.task({ params: { id: label.id } })).toEqual(first)
  })

  test('lets work begin early when somebody says so, but never end early', async () => {
    await edit(train, { startEarly: true })
    expect((await move(train.id, { state: 'doing' })).state).toBe('doing')
    expect((await refusalOf(move(train.id, { state: 'done' }))).message).toContain('Label')
    await move(label.id, { state: 'doing' })
    await move(label.id, { state: 'review' })
    await move(label.id, { state: 'done', actualDays: 1.5 })
    const done = await move(train.id, { state: 'done', actualDays: 4 })
    expect(done).toMatchObject({ actualDays: 4, doneAt: clock.at.toISOString() })
  })

  test('is filtered by whose, what, when and words', async () => {
    expect(await titles({ assigneeId: ann, open: false })).toEqual(['Label', 'Train'])
    expect(await titles({ assigneeId: 'none' })).toEqual([ship.title])
    expect(await titles({ skill: 'DATA' })).toEqual(['Label'])
    expect(await titles({ text: 'two' })).toEqual(['Label'])
    await add('Late', { due: '2026-03-04', assigneeId: bo })
    expect(await titles({ overdue: true })).toEqual([])
    // it is the fifth in Shanghai, and still the fourth in London
    clock.at = new Date('2026-03-04T18:00:00.000Z')
    expect(await titles({ overdue: true })).toEqual(['Late'])
    expect((await refusalOf(capstan.team.tasks({ query: { stat: 'done' } as never }))).status).toBe(400)
  })

  test('links runs and versions that there are', async () => {
    const run = await capstan.tracking.start({ body: { name: 'evidence' } })
    const late = (await capstan.team.tasks({ query: { text: 'Late' } }))[0]!
    await edit(late, { links: [{ noun: 'run', id: run.id }] })
    expect(await titles({ link: run.id })).toEqual(['Late'])
  })

  test('explains in the language of the reader', async () => {
    const response = await fetch(`${world.server.address}/api/v1/tasks/${ship.id}/state`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept-language': 'zh-CN' },
      body: JSON.stringify({ state: 'doing' }),
    })
    expect(JSON.stringify(await response.json())).toContain('还没有负责的成员')
  })
})
