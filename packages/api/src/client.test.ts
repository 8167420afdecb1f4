/** @file Tests of the typed client against answers as a server would give them. */
import { describe, expect, test } from 'vitest'
import { createClient } from './client.ts'
import { ApiError, CapstanError } from './errors/CapstanError.ts'

type Seen = { url: string; init: RequestInit }

function answering(...answers: Response[]): { fetch: typeof fetch; seen: Seen[] } {
  const seen: Seen[] = []
  const answer = async (url: string | URL | Request, init: RequestInit = {}) => {
    seen.push({ url: String(url), init })
    return answers.shift()!
  }
  return { fetch: answer as typeof fetch, seen }
}

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })

describe('createClient', () => {
  test('fills path and query, and sends token, member and language', async () => {
    const { fetch, seen } = answering(json([]))
    const capstan = createClient({ baseUrl: 'http://h', fetch, token: 't', actAs: 'm1', language: 'zh-CN' })
    await capstan.runs.metrics({ params: { id: 'a/b' }, query: { key: 'loss', max: 10 } })
    expect(seen[0]!.url).toBe('http://h/api/v1/runs/a%2Fb/metrics?key=loss&max=10')
    expect(seen[0]!.init.headers).toMatchObject({
      authorization: 'Bearer t',
      'x-capstan-member': 'm1',
      'accept-language': 'zh-CN',
    })
  })

  test('a refusal becomes an ApiError with code, message and hint', async () => {
    const body = { code: 'request/not-found', message: 'There is no run x.', hint: 'List them.' }
    const capstan = createClient({ baseUrl: '', ...answering(json(body, 404)) })
    const error = await capstan.runs.get({ params: { id: 'x' } }).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({ status: 404, body })
  })

  test('an answer that is not ours still becomes an ApiError', async () => {
    const capstan = createClient({
      baseUrl: '',
      ...answering(new Response('<h1>Bad gateway</h1>', { status: 502 })),
    })
    const error = (await capstan.loop.get().catch((e: unknown) => e)) as ApiError
    expect([error.status, error.body.code]).toEqual([502, 'http/502'])
  })

  test('no answer at all names the address', async () => {
    const refuse = (() => Promise.reject(new TypeError('fetch failed'))) as typeof fetch
    const error = await createClient({ baseUrl: 'http://nowhere', fetch: refuse })
      .loop.get()
      .catch((e: unknown) => e)
    expect(error).toBeInstanceOf(CapstanError)
    expect(error).toMatchObject({ code: 'server/unreachable', values: { address: 'http://nowhere' } })
  })

  test('events arrive whole however the network cuts them', async () => {
    const event = {
      seq: 7,
      at: '2026-01-01T00:00:00.000Z',
      kind: 'run.finished',
      noun: 'run',
      id: 'r',
      data: { 损失: 0.1 },
    }
    const bytes = new TextEncoder().encode(`: hello\n\nid: 7\ndata: ${JSON.stringify(event)}\n\n`)
    const stream = new ReadableStream({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte))
        controller.close()
      },
    })
    const { fetch, seen } = answering(new Response(stream))
    const got = []
    for await (const each of createClient({ baseUrl: '', fetch }).events({ after: 6 })) got.push(each)
    expect(got).toEqual([event])
    expect(seen[0]!.init.headers).toMatchObject({ 'last-event-id': '6' })
  })
})
