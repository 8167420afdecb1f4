/** @file Load, bus factors, calendar feeds and the weekly report through the real server. */
import type { Client, Member } from '@capstan/api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { refusalOf, startWorld, type World } from './world.ts'

// a Monday
const clock = { at: new Date('2026-03-02T02:00:00.000Z') }
let world: World
let capstan: Client
let ann: Member
let bo: Member
let initiativeId: string
const evil = '<script>alert(1)</script> [x](javascript:alert(1))'
beforeAll(async () => {
  world = await startWorld({ workers: 0, now: () => clock.at })
  capstan = world.capstan
  await capstan.workspace.update({ body: { timeZone: 'Asia/Shanghai' } })
  const add = (name: string, skills: string[]) =>
    capstan.members.create({ body: { name, roles: ['engineer'], skills } })
  ann = await add('Ann', ['data'])
  bo = await add('王芳', ['data', 'training'])
  const cycle = await capstan.cycles.create({
    body: { name: 'Spring', start: '2026-03-01T16:00:00.000Z', end: '2026-03-29T16:00:00.000Z' },
  })
  const objective = await capstan.strategy.createObjective({
    body: { cycleId: cycle.id, title: 'Read digits' },
  })
  const measure = await capstan.measures.create({
    body: {
      ...{ key: 'accuracy', name: 'Accuracy', unit: '1', direction: 'up', scale: 'proportion' },
      query: { source: 'typed' },
    },
  })
  await capstan.strategy.createKeyResult({
    body: {
      objectiveId: objective.id,
      title: `KR ${evil}`,
      measureId: measure.id,
      target: 0.9,
      due: cycle.end,
    },
  })
  for (const [hour, value] of [
    [3, 0.7],
    [9, 0.75],
    [15, 0.83],
  ] as const) {
    clock.at = new Date(Date.UTC(2026, 2, 2, hour))
    await capstan.measures.addPoint({ params: { id: measure.id }, body: { value, note: 'by hand' } })
  }
  initiativeId = (
    await capstan.strategy.createInitiative({
      body: {
        ...{ cycleId: cycle.id, name: 'Better data', earliest: 0, needs: {} },
        ...{ value: { low: 1, mode: 2, high: 3 }, chance: { alpha: 1, beta: 1 } },
      },
    })
  ).id
})
afterAll(() => world.server.close())

const text = async (path: string) => (await fetch(`${world.server.address}${path}`)).text()

describe('load', () => {
  test('counts what is left against who is there', async () => {
    await capstan.team.createTask({
      body: { title: 'Label', assigneeId: ann.id, estimateDays: 10, skill: 'data', due: '2026-03-08' },
    })
    await capstan.team.createTask({ body: { title: 'Tune', estimateDays: 3, skill: 'Training' } })
    const load = await capstan.team.load()
    expect(load.periods[0]).toEqual({ from: '2026-03-02', to: '2026-03-08' })
    const own = load.members.find(({ memberId }) => memberId === ann.id)!.periods[0]
    expect(own).toEqual({ capacityDays: 5, assignedDays: 10, load: 2, over: true })
    expect(load.unassignedDays).toBe(3)
    const training = load.skills.find(({ skill }) => skill === 'training')!
    expect(training.periods.reduce((sum, { assignedDays }) => sum + assignedDays, 0)).toBeCloseTo(3, 9)
  })

  test('who carries an initiative is read from days and runs', async () => {
    const task = await capstan.team.createTask({ body: { title: 'Clean', assigneeId: ann.id, initiativeId } })
    await capstan.team.moveTask({ params: { id: task.id }, body: { state: 'doing' } })
    await capstan.team.moveTask({ params: { id: task.id }, body: { state: 'done', actualDays: 4 } })
    expect(await capstan.team.busFactors()).toMatchObject([
      { initiativeId, factor: 1, taskDays: 4, runs: 0, people: [{ name: 'Ann', share: 1 }] },
    ])
    for (const user of ['王芳', '王芳', 'stranger'])
      await capstan.tracking.start({ body: { name: 'try', user, initiativeId } })
    const [bus] = await capstan.team.busFactors()
    expect(bus).toMatchObject({ factor: 2, runs: 3, runDays: 2 })
    expect(bus!.people.map(({ name, memberId, share }) => [name, memberId === null, share])).toEqual([
      ['Ann', false, 0.5],
      ['stranger', true, 0.25],
      ['王芳', false, 0.25],
    ])
  })
})

describe('a calendar feed', () => {
  test('holds what is due, for whoever has its address', async () => {
    await capstan.members.edit({
      params: { id: ann.id },
      body: { revision: ann.revision!, absences: [{ from: '2026-03-16', to: '2026-03-20', note: 'away' }] },
    })
    const { path } = await capstan.calendar.create({ params: { id: ann.id } })
    const response = await fetch(`${world.server.address}${path}`)
    expect(response.headers.get('content-type')).toBe('text/calendar; charset=utf-8')
    const feed = await response.text()
    // lines end as RFC 5545 says, and none is longer than 75 bytes
    expect(feed.startsWith('BEGIN:VCALENDAR\r\nVERSION:2.0\r\n')).toBe(true)
    for (const line of feed.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75)
    expect(feed).not.toMatch(/[^\r]\n/)
    const plain = feed.replaceAll('\r\n ', '')
    expect(plain).toContain('DTSTART;VALUE=DATE:20260308\r\nDTEND;VALUE=DATE:20260309')
    expect(plain).toContain('SUMMARY:Due: Label')
    // both days of the absence are in it
    expect(plain).toContain('DTSTART;VALUE=DATE:20260316\r\nDTEND;VALUE=DATE:20260321')
    expect(plain).toContain('Spring ends')
    // the end of the cycle is midnight in Shanghai
    expect(plain).toContain('DTSTART;VALUE=DATE:20260330')
    expect(plain.match(/BEGIN:VEVENT/g)).toHaveLength(4)
    expect((await capstan.calendar.get({ params: { id: ann.id } })).feed!.readAt).not.toBeNull()
  })

  test('ends when it is revoked or made anew', async () => {
    const { path: old } = await capstan.calendar.create({ params: { id: ann.id } })
    const { path } = await capstan.calendar.create({ params: { id: ann.id } })
    const status = async (address: string) => (await fetch(`${world.server.address}${address}`)).status
    expect([await status(old), await status(path)]).toEqual([404, 200])
    await capstan.calendar.revoke({ params: { id: ann.id } })
    expect([await status(path), await status('/calendar/x.ics'), await status('/calendar/..%2f')]).toEqual([
      404, 404, 404,
    ])
    expect(JSON.stringify(await capstan.loop.activity({ query: { limit: 100 } }))).not.toContain(
      path.slice(10, 42),
    )
  })
})

describe('a weekly report', () => {
  test('says what moved, each sentence with its page', async () => {
    await capstan.team.createTask({ body: { title: evil, assigneeId: bo.id, due: '2026-03-05' } })
    const report = await capstan.report.get()
    const codes = (name: string) =>
      report.sections.find((one) => one.name === name)!.lines.map(({ message }) => message.code)
    expect([report.from, report.to]).toEqual(['2026-02-24', '2026-03-02'])
    expect(codes('measures')).toEqual(['report.measure.first'])
    expect(codes('keyResults')).toEqual([expect.stringMatching(/^report.keyResult.(first|value)$/)])
    expect(codes('tasks')).toEqual(['report.tasks', 'report.task.doneDays'])
    expect(codes('next')).toEqual(['report.due', 'report.due'])
    for (const { lines } of report.sections) for (const { page } of lines) expect(page).toMatch(/^\/\w/)
  })

  test('reads the same in both languages and forms, and nothing in it can run', async () => {
    const read = (format: string, language: string) =>
      text(`/api/v1/report/document?format=${format}&language=${language}`)
    const [md, html, zh] = [await read('md', 'en'), await read('html', 'en'), await read('html', 'zh-CN')]
    expect(md).toContain('## Key results')
    expect(md).toContain(
      `“Clean” done by Ann in 4 days (estimate: 0) [evidence](${world.server.address}/team#task-`,
    )
    expect(md).not.toMatch(/(?<!\\)<script|(?<!\\)\[x\]\(/)
    expect(zh).toContain('<h2>关键结果</h2>')
    expect(zh).toContain('<html lang="zh-CN">')
    for (const page of [html, zh]) {
      expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
      expect(page).not.toMatch(/<script|href="javascript|\son\w+=/i)
    }
    expect(html.match(/<li>/g)).toHaveLength(html.match(/<a href="http/g)!.length)
  })

  test('of a time that is none is refused', async () => {
    const refusal = await refusalOf(capstan.report.get({ query: { from: '2026-03-02', to: '2026-03-01' } }))
    expect(refusal.message).toContain('1 to 366 days')
    expect((await refusalOf(capstan.report.get({ query: { from: '2020-01-01' } }))).status).toBe(409)
    expect((await refusalOf(capstan.report.get({ query: { from: 'soon' } }))).status).toBe(400)
  })
})
