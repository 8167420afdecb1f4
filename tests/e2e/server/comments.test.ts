/** @file Comments through the real server: on anything, mentions, safe text, only one's own. */
import type { Client } from '@capstan/api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { refusalOf, startWorld, type World } from './world.ts'

let world: World
let capstan: Client
let ann: string
let fang: string
let task: string
beforeAll(async () => {
  world = await startWorld({ workers: 0 })
  capstan = world.capstan
  ann = (await capstan.members.create({ body: { name: 'Ann', roles: ['engineer'] } })).id
  fang = (await capstan.members.create({ body: { name: '王芳', roles: ['reviewer'] } })).id
  task = (await capstan.team.createTask({ body: { title: 'Label', assigneeId: ann } })).id
})
afterAll(() => world.server.close())

const say = (
  text: string,
  subject: { noun: 'task' | 'run' | 'risk'; id: string } = { noun: 'task', id: task },
) => capstan.comments.create({ body: { subject, authorId: ann, text } })

test('a comment keeps what was written, and shows it as harmless HTML', async () => {
  const text = '请@王芳 看 **this** <img src=x onerror=alert(1)> [x](javascript:alert(1))'
  const comment = await say(text)
  expect(comment).toMatchObject({ text, mentions: [fang], authorId: ann, editedAt: null })
  expect(comment.html).toContain('<strong>this</strong> &lt;img src=x onerror=alert(1)&gt;')
  expect(comment.html).not.toMatch(/<img|href="javascript/)
  expect(await capstan.comments.list({ query: { noun: 'task', id: task } })).toEqual([comment])
})

test('strangers are refused by name, and nothing is said', async () => {
  const refusal = await refusalOf(say('@Bob and @张三, see `@types/node`'))
  expect(refusal).toMatchObject({ status: 409, code: 'request/refused' })
  expect(refusal.message).toContain('@Bob, @张三')
  expect(refusal.message).toContain('Ann, 王芳')
  expect(await capstan.comments.list({ query: {} })).toHaveLength(1)
})

test('what is not there is not spoken of', async () => {
  expect((await refusalOf(say('x', { noun: 'risk', id: 'risk_none' }))).status).toBe(404)
  expect((await refusalOf(say('x', { noun: 'run', id: 'run_none' }))).status).toBe(404)
  expect((await refusalOf(say(' \n '))).code).toBe('request/invalid')
  const run = await capstan.tracking.start({ body: { name: 'r' } })
  await say('on a run', { noun: 'run', id: run.id })
  expect(await capstan.comments.list({ query: { noun: 'run', id: run.id } })).toHaveLength(1)
})

test('it is written anew from what was seen, and taken back', async () => {
  const [first] = await capstan.comments.list({ query: { noun: 'task', id: task } })
  const edit = (revision: number, text: string) =>
    capstan.comments.edit({ params: { id: first!.id }, body: { revision, text } })
  expect((await refusalOf(edit(first!.revision!, '@Nobody'))).code).toBe('request/refused')
  const edited = await edit(first!.revision!, 'no more')
  expect(edited).toMatchObject({ text: 'no more', mentions: [] })
  expect(edited.editedAt).not.toBeNull()
  expect((await refusalOf(edit(first!.revision!, 'late'))).code).toBe('request/changed-meanwhile')
  await capstan.comments.remove({ params: { id: first!.id } })
  expect(await capstan.comments.list({ query: { noun: 'task', id: task } })).toEqual([])
  const log = JSON.stringify(await capstan.loop.activity({ query: { limit: 50 } }))
  expect(log).toContain('comment.removed')
  // the author took the words back
  expect(log).not.toContain('onerror')
})
