/** @file Notices in inboxes and by webhook through the real server, to a real receiver on this machine. */
import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Client, Member } from '@capstan/api'
import { verifyWebhook } from '@capstan/domain'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { refusalOf, startWorld, type World } from './world.ts'

interface Received {
  url: string
  headers: IncomingHttpHeaders
  body: string
}
let world: World
let capstan: Client
let receiver: Server
let address: string
const received: Received[] = []
/** What the receiver answers next; 200 when there is nothing. */
const answers: { status: number; body?: string; headers?: Record<string, string> }[] = []
const people = {} as Record<'olga' | 'ann' | 'bo', Member>

beforeAll(async () => {
  receiver = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      received.push({ url: request.url!, headers: request.headers, body: Buffer.concat(parts).toString() })
      const { status, body, headers } = answers.shift() ?? { status: 200 }
      response.writeHead(status, headers).end(body ?? '')
    })
  })
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done))
  address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
  world = await startWorld({ workers: 0, webhookAllow: '127.0.0.1' })
  capstan = world.capstan
  const roles = { olga: 'owner', ann: 'engineer', bo: 'reviewer' } as const
  for (const name of ['olga', 'ann', 'bo'] as const)
    people[name] = await capstan.members.create({ body: { name, roles: [roles[name]] } })
})
afterAll(async () => {
  await world.server.close()
  await new Promise((done) => receiver.close(done))
})

const inbox = async (name: keyof typeof people, query: object = {}) =>
  capstan.inbox.list({ params: { id: people[name].id }, query })
const kinds = async (name: keyof typeof people) => (await inbox(name)).items.map(({ kind }) => kind)
const last = async (webhookId: string) =>
  (await capstan.webhooks.deliveries({ params: { id: webhookId } }))[0]!
const settled = (webhookId: string, state: string) =>
  expect.poll(async () => (await last(webhookId))?.state, { timeout: 15_000 }).toBe(state)

describe('an inbox', () => {
  test('tells of assignments and mentions, and keeps what was read', async () => {
    const task = await capstan.team.createTask({ body: { title: 'Label', assigneeId: people.ann.id } })
    await capstan.comments.create({
      body: { subject: { noun: 'task', id: task.id }, authorId: people.ann.id, text: '@bo please' },
    })
    expect([await kinds('ann'), await kinds('bo'), await kinds('olga')]).toEqual([
      ['assignment'],
      ['mention'],
      [],
    ])
    const { items, unread } = await inbox('bo')
    expect(unread).toBe(1)
    expect(items[0]).toMatchObject({ page: `/team#task-${task.id}`, message: { values: { author: 'ann' } } })
    await capstan.inbox.read({ params: { id: people.bo.id }, body: { notices: [items[0]!.id] } })
    expect(await inbox('bo', { unread: true })).toEqual({ items: [], unread: 0 })
    await capstan.inbox.read({ params: { id: people.bo.id }, body: { read: false } })
    expect((await inbox('bo')).unread).toBe(1)
    expect((await refusalOf(capstan.inbox.list({ params: { id: 'nobody' } }))).status).toBe(404)
  })

  test('tells nobody of what they did themselves', async () => {
    const before = await inbox('ann')
    const response = await fetch(`${world.server.address}/api/v1/tasks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-capstan-member': people.ann.id },
      body: JSON.stringify({ title: 'Mine', assigneeId: people.ann.id }),
    })
    expect(response.status).toBe(201)
    expect(await inbox('ann')).toEqual(before)
  })

  test('tells of what is late, once', async () => {
    await capstan.team.createTask({ body: { title: 'Late', assigneeId: people.bo.id, due: '2020-01-01' } })
    await expect.poll(() => kinds('bo'), { timeout: 15_000 }).toContain('overdue')
    await new Promise((resume) => setTimeout(resume, 6000))
    expect((await kinds('bo')).filter((kind) => kind === 'overdue')).toHaveLength(1)
  }, 30_000)

  test('tells of a run that failed', async () => {
    const run = await capstan.tracking.start({ body: { name: 'try', user: 'ann' } })
    await capstan.tracking.change({ params: { id: run.id }, body: { state: 'failed' } })
    expect((await kinds('ann'))[0]).toBe('run-failed')
  })
})

describe('a generic webhook', () => {
  let secret: string
  let id: string
  test('is signed so that the receiver can tell', async () => {
    const made = await capstan.webhooks.create({
      body: { name: 'Ours', url: `${address}/hook?a=1`, kinds: ['assignment'] },
    })
    ;({ id } = made)
    secret = made.secret!
    expect(JSON.stringify(await capstan.webhooks.list())).not.toContain(secret)
    await capstan.team.createTask({ body: { title: 'Ship <b>', assigneeId: people.ann.id } })
    await settled(id, 'delivered')
    const { headers, body, url } = received.at(-1)!
    const request = {
      ...{ id: String(headers['webhook-id']), timestamp: String(headers['webhook-timestamp']) },
      ...{ signature: String(headers['webhook-signature']), body },
    }
    expect(url).toBe('/hook?a=1')
    expect(JSON.parse(body)).toMatchObject({
      type: 'capstan.assignment',
      data: { text: '“Ship <b>” is assigned to ann.', members: [{ name: 'ann' }] },
    })
    const seen = new Set<string>()
    const verify = (change: object = {}) =>
      verifyWebhook({ ...request, ...change }, secret, Date.now(), (one) => seen.has(one))
    expect(await verify()).toBe('accepted')
    seen.add(request.id)
    expect(await verify()).toBe('replayed')
    expect(await verify({ id: 'delivery_other' })).toBe('forged')
    expect(await verify({ body: body.replace('ann', 'eve') })).toBe('forged')
  })

  test('hears only of what it asked for', async () => {
    const before = received.length
    await capstan.team.createTask({ body: { title: 'Nobody’s' } })
    await new Promise((resume) => setTimeout(resume, 1500))
    expect(received.length).toBe(before)
  })

  test('is tried again after a failure, with the same identifier', async () => {
    answers.push({ status: 503, body: 'later', headers: { 'retry-after': '1' } })
    const before = received.length
    await capstan.webhooks.trial({ params: { id } })
    await expect.poll(async () => (await last(id)).attempts.length, { timeout: 15_000 }).toBe(1)
    expect(await last(id)).toMatchObject({ state: 'waiting', attempts: [{ status: 503, error: 'later' }] })
    await settled(id, 'delivered')
    const ids = received.slice(before).map(({ headers }) => headers['webhook-id'])
    expect(ids).toEqual([ids[0], ids[0]])
    expect((await last(id)).attempts.map(({ status }) => status)).toEqual([503, 200])
  }, 30_000)

  test('follows no redirect', async () => {
    answers.push({ status: 307, headers: { location: `${address}/elsewhere` } })
    await capstan.webhooks.trial({ params: { id } })
    await settled(id, 'failed')
    expect(received.at(-1)!.url).toBe('/hook?a=1')
    await capstan.webhooks.again({ params: { id: (await last(id)).id } })
    await settled(id, 'delivered')
  })

  test('goes nowhere inside the network that was not allowed', async () => {
    const create = (url: string) => capstan.webhooks.create({ body: { name: 'Inside', url } })
    for (const url of [
      'http://169.254.169.254/latest/meta-data',
      'http://127.0.0.2/',
      'http://[::ffff:10.0.0.1]/',
      'http://[::1]/',
      'http://0/',
    ])
      expect((await refusalOf(create(url))).message).toContain('inside a network')
    expect((await refusalOf(create('file:///etc/passwd'))).message).toContain('http or https')
    expect(await capstan.webhooks.list()).toHaveLength(1)
  })

  test('outlives a stop of the server: what waits is sent after the next start', async () => {
    answers.push({ status: 500 })
    await capstan.webhooks.trial({ params: { id } })
    await expect.poll(async () => (await last(id)).attempts.length, { timeout: 15_000 }).toBe(1)
    await world.server.close()
    world = await startWorld({ workers: 0, workspace: world.folder, webhookAllow: '127.0.0.1' })
    capstan = world.capstan
    await settled(id, 'delivered')
  }, 30_000)
})

describe('other formats', () => {
  test('Feishu and DingTalk are signed their way, and their own refusals are believed', async () => {
    const feishu = await capstan.webhooks.create({
      body: { name: '飞书', format: 'feishu', url: `${address}/feishu`, secret: 'SEC1', language: 'zh-CN' },
    })
    answers.push({ status: 200, body: '{"code":0,"msg":"success"}' })
    await capstan.webhooks.trial({ params: { id: feishu.id } })
    await settled(feishu.id, 'delivered')
    const card = JSON.parse(received.at(-1)!.body)
    expect(card.sign).toBe(createHmac('sha256', `${card.timestamp}\nSEC1`).update('').digest('base64'))
    expect(JSON.stringify(card)).toContain('测试')
    answers.push({ status: 200, body: '{"code":19021,"msg":"sign match fail"}' })
    await capstan.webhooks.trial({ params: { id: feishu.id } })
    await expect.poll(async () => (await last(feishu.id)).attempts.length, { timeout: 15_000 }).toBe(1)
    expect(await last(feishu.id)).toMatchObject({
      state: 'waiting',
      attempts: [{ error: 'sign match fail' }],
    })
    await capstan.webhooks.remove({ params: { id: feishu.id } })

    const dingtalk = await capstan.webhooks.create({
      body: { name: '钉钉', format: 'dingtalk', url: `${address}/robot?access_token=x`, secret: 'SEC2' },
    })
    answers.push({ status: 200, body: '{"errcode":0}' })
    await capstan.webhooks.trial({ params: { id: dingtalk.id } })
    await settled(dingtalk.id, 'delivered')
    const query = new URL(received.at(-1)!.url, address).searchParams
    const stamp = query.get('timestamp')!
    expect(query.get('sign')).toBe(createHmac('sha256', 'SEC2').update(`${stamp}\nSEC2`).digest('base64'))
    expect(query.get('access_token')).toBe('x')
  }, 30_000)

  test('Slack has no secret', async () => {
    const body = {
      name: 'Slack',
      format: 'slack',
      url: `${address}/services/T000/B000/verysecretpart`,
    } as const
    expect((await refusalOf(capstan.webhooks.create({ body: { ...body, secret: 'x' } }))).message).toContain(
      'Slack',
    )
    const slack = await capstan.webhooks.create({ body })
    expect([slack.secret, slack.address.includes('verysecret')]).toEqual([null, false])
    await capstan.webhooks.trial({ params: { id: slack.id } })
    await settled(slack.id, 'delivered')
    expect(JSON.parse(received.at(-1)!.body).text).toContain('Slack')
  })
})
