/** @file What the server does not let happen: strangers, other sites, hostile input, half-done changes. */
import { request } from 'node:http'
import { join } from 'node:path'
import { createClient } from '@capstan/api'
import { startServer } from '@capstan/server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { refusalOf, startWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ workers: 0 })
})
afterAll(() => world.server.close())

interface Answer {
  status: number
  body: string
  headers: Record<string, unknown>
}

const raw = (path: string, headers: Record<string, string>, method?: string, body?: string) =>
  fetchRaw(Number(new URL(world.server.address).port), path, headers, method, body)

/** A request with headers that `fetch` would not let through. */
function fetchRaw(
  port: number,
  path: string,
  headers: Record<string, string>,
  method = 'GET',
  body?: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ hostname: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: text, headers: response.headers }),
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

describe('who may call', () => {
  test('a request that names another host is refused (DNS rebinding)', async () => {
    const answer = await raw('/api/v1/workspace', { host: 'evil.example' })
    expect(answer.status).toBe(421)
    expect(JSON.parse(answer.body).code).toBe('access/unknown-host')
  })

  test('a page of another site may neither read nor change anything', async () => {
    const host = new URL(world.server.address).host
    const json = { host, 'content-type': 'application/json' }
    for (const headers of [
      { ...json, origin: 'https://evil.example' },
      { ...json, origin: 'null' },
      { ...json, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' },
    ]) {
      const answer = await raw(
        '/api/v1/members',
        headers,
        'POST',
        JSON.stringify({ name: 'Eve', roles: ['owner'] }),
      )
      expect([answer.status, JSON.parse(answer.body).code]).toEqual([403, 'access/cross-site'])
    }
    expect(await world.capstan.members.list()).toEqual([])
  })

  test('a form of another site cannot post: only JSON is read', async () => {
    const host = new URL(world.server.address).host
    const answer = await raw(
      '/api/v1/members',
      { host, 'content-type': 'text/plain' },
      'POST',
      '{"name":"Eve","roles":["owner"]}',
    )
    expect(answer.status).toBe(400)
    expect(await world.capstan.members.list()).toEqual([])
  })

  test('worker routes want the worker token', async () => {
    const { capstan } = world
    expect(await refusalOf(capstan.jobs.claim({ body: { worker: 'me' } }))).toMatchObject({
      status: 403,
      code: 'access/refused',
    })
    const guess = createClient({ baseUrl: world.server.address, token: 'guess' })
    expect(await refusalOf(guess.jobs.claim({ body: { worker: 'me' } }))).toMatchObject({ status: 403 })
  })

  test('a server that listens beyond this machine wants its token from everybody', async () => {
    const { server } = await startWorld({ host: '0.0.0.0', workers: 0 })
    const baseUrl = server.address.replace('0.0.0.0', '127.0.0.1')
    expect(server.token).toMatch(/^[\w-]{20,}$/)
    for (const token of [undefined, 'wrong', `${server.token}x`]) {
      const stranger = createClient({ baseUrl, ...(token === undefined ? {} : { token }) })
      expect(await refusalOf(stranger.loop.get())).toMatchObject({ status: 401, code: 'access/no-token' })
    }
    const events = await fetch(`${baseUrl}/api/v1/events`)
    expect(events.status).toBe(401)
    expect((await fetch(`${baseUrl}/v2/models/digits`)).status).toBe(401)
    expect((await fetch(`${baseUrl}/v2/health/live`)).status).toBe(200)
    const member = createClient({ baseUrl, token: server.token! })
    expect((await member.workspace.get()).name).toBe('Capstan')
    await server.close()
  })
})

describe('hostile and broken input', () => {
  test.each([
    ['not JSON', '{"name":'],
    ['an array', '[]'],
    ['a wrong type', '{"name":7,"roles":["owner"]}'],
    ['an unknown role', '{"name":"Eve","roles":["god"]}'],
    ['a stray field', '{"name":"Eve","roles":["owner"],"admin":true}'],
    ['a prototype', '{"__proto__":{"roles":["owner"]},"name":"Eve"}'],
    ['no body', ''],
    ['an endless name', JSON.stringify({ name: 'x'.repeat(10_000), roles: ['owner'] })],
  ])('%s is refused with a code, a sentence and a next step', async (_, body) => {
    const response = await fetch(`${world.server.address}/api/v1/members`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    expect(response.status).toBe(400)
    const answer = (await response.json()) as Record<string, string>
    expect(answer.code).toBe('request/invalid')
    expect(answer.message).toBeTruthy()
    expect(answer.hint).toBeTruthy()
    expect(await world.capstan.members.list()).toEqual([])
  })

  test('a body beyond the limit is refused', async () => {
    const response = await fetch(`${world.server.address}/api/v1/members`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'x'.repeat(5 << 20) }),
    })
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({ code: 'request/too-large' })
  })

  test.each([
    '/api/v1/blobs/..%2f..%2fcapstan.db',
    '/..%2f..%2fpackage.json',
    '/assets/..%2f..%2f..%2fpackage.json',
    '/%2e%2e/%2e%2e/etc/passwd',
  ])('nothing outside its folder is served: %s', async (path) => {
    const answer = await raw(path, { host: new URL(world.server.address).host })
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.body).not.toMatch(/root:|"workspaces"|SQLite/)
  })

  test('what does not exist is named', async () => {
    expect(await refusalOf(world.capstan.runs.get({ params: { id: 'run_nothing' } }))).toMatchObject({
      status: 404,
      message: 'There is no run run_nothing.',
    })
    const answer = await raw('/api/v1/nothing', { host: new URL(world.server.address).host })
    expect([answer.status, JSON.parse(answer.body).code]).toEqual([404, 'request/no-route'])
  })

  test('every page carries the headers that keep it safe', async () => {
    const { headers } = await raw('/api/v1/workspace', { host: new URL(world.server.address).host })
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
    expect(headers['content-security-policy']).toContain("default-src 'self'")
  })
})

describe('live events', () => {
  test('a stream resumes behind the last entry that its reader saw, without a gap or a repeat', async () => {
    const { capstan } = world
    const add = (n: number) => capstan.members.create({ body: { name: `person ${n}`, roles: ['viewer'] } })
    for (let n = 0; n < 5; n++) await add(n)
    const after = (await capstan.loop.activity({ query: { limit: 3 } })).at(-1)!.seq
    const stop = new AbortController()
    const seen: number[] = []
    let more: Promise<unknown> | null = null
    for await (const event of capstan.events({ after, signal: stop.signal })) {
      seen.push(event.seq!)
      more ??= add(9)
      if (seen.length === 3) break
    }
    stop.abort()
    await more
    expect(seen).toEqual([after + 1, after + 2, after + 3])
  })
})

describe('one workspace, one server', () => {
  test('a second server is told who has it open', async () => {
    await expect(startServer({ workspace: world.folder, port: 0 })).rejects.toMatchObject({
      code: 'workspace/locked',
      values: { pid: String(process.pid) },
    })
  })

  test('a taken port is named with the next one', async () => {
    const port = Number(new URL(world.server.address).port)
    await expect(startWorld({ port })).rejects.toMatchObject({
      code: 'server/port-taken',
      values: { next: String(port + 1) },
    })
  })

  test.each([
    join(import.meta.filename, 'inside-a-file'),
    '/proc/capstan/deep',
  ])('a folder that cannot be made is named: %s', async (workspace) => {
    await expect(startWorld({ workspace })).rejects.toMatchObject({ code: 'workspace/unusable' })
  })

  test('after an orderly stop the workspace opens again with everything in it', async () => {
    const first = await startWorld({ workers: 0 })
    await first.capstan.members.create({ body: { name: 'Ann', roles: ['lead'] } })
    await first.server.close()
    const second = await startWorld({ workspace: first.folder, workers: 0 })
    expect(second.server.created).toBe(false)
    expect((await second.capstan.members.list()).map(({ name }) => name)).toEqual(['Ann'])
    await second.server.close()
  })
})

test('the OpenAPI document names every route once, and the page of it is served', async () => {
  const document = (await (await fetch(`${world.server.address}/api/v1/openapi.json`)).json()) as {
    openapi: string
    paths: Record<string, Record<string, { operationId: string }>>
  }
  expect(document.openapi).toBe('3.1.0')
  const ids = Object.values(document.paths).flatMap((path) =>
    Object.values(path).map(({ operationId }) => operationId),
  )
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids).toContain('runs.create')
  expect((await fetch(`${world.server.address}/api/v1/docs/`)).status).toBe(200)
})

describe('behind a proxy', () => {
  const outside = {
    host: '127.0.0.1:1',
    'x-forwarded-host': 'capstan.example.org',
    'x-forwarded-proto': 'https',
  }

  test('a server that is reached by a public name wants its token, and serves pages under that name', async () => {
    const behind = await startWorld({
      workers: 0,
      publicUrl: 'https://capstan.example.org/',
      trustProxy: '127.0.0.1',
    })
    const { port } = new URL(behind.server.address)
    const ask = (headers: Record<string, string>) =>
      fetchRaw(Number(port), '/api/v1/workspace', { ...outside, ...headers })
    const own = { authorization: `Bearer ${behind.server.token}` }
    const site = { origin: 'https://capstan.example.org', 'sec-fetch-site': 'same-origin' }
    expect((await ask({})).status).toBe(401)
    expect((await ask({ ...own, ...site })).status).toBe(200)
    expect((await ask({ ...own, 'x-forwarded-host': 'evil.example' })).status).toBe(421)
    expect((await ask({ ...own, origin: 'https://evil.example' })).status).toBe(403)
    await behind.server.close()
  })

  test('nobody else speaks for others', async () => {
    const { port } = new URL(world.server.address)
    const host = new URL(world.server.address).host
    const answer = await fetchRaw(Number(port), '/api/v1/workspace', { ...outside, host })
    // the forwarded name is not looked at
    expect(answer.status).toBe(200)
  })

  test('what is no address is told before anything listens', async () => {
    for (const [wrong, named] of [
      [{ trustProxy: 'proxy.local' }, 'CAPSTAN_TRUST_PROXY'],
      [{ publicUrl: 'capstan.example.org' }, 'CAPSTAN_PUBLIC_URL'],
      [{ publicUrl: 'https://example.org/capstan' }, 'CAPSTAN_PUBLIC_URL'],
    ] as const) {
      await expect(startWorld(wrong)).rejects.toMatchObject({
        code: 'cli/usage',
        values: { detail: expect.stringContaining(named) },
      })
    }
  })
})
