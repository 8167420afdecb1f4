/** @file Unmodified MLflow clients against Capstan, and where MLflow surprises, against a real server as well. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningServer, startServer } from '@capstan/server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, needMlflow, startMlflow } from './peers.ts'

let server: RunningServer
beforeAll(async () => {
  for (const major of [2, 3] as const) needMlflow(major)
  server = await startServer({
    workspace: mkdtempSync(join(tmpdir(), 'capstan-mlflow-')),
    port: 0,
    workers: 0,
  })
}, 1_800_000)
afterAll(() => server.close())

describe.each([2, 3] as const)('MLflow %i', (major) => {
  test('logs files, a model and long curves, and reads them back', { timeout: 600_000 }, async () => {
    expect(await ask(major, server.address, 'whole')).toEqual({
      'not finite': ['nan', 'inf'],
      text: 'hello',
      folders: ['dir', 'more'],
      'empty file': [0],
      parent: true,
      model: [0, 1],
      'by alias': [1],
      'history over pages': 30_000,
    })
  })

  test('finds Capstan as it finds a real server', { timeout: 900_000 }, async () => {
    const real = await startMlflow(major)
    try {
      const theirs = await ask(major, real.address, 'surprises')
      const ours = await ask(major, server.address, 'surprises')
      expect(Object.keys(theirs).length).toBeGreaterThan(50)
      // MLflow 2 leaves an alias that points at a deleted version, MLflow 3 takes it along; Capstan does as MLflow 3.
      const alias = 'a deleted version takes its alias along'
      if (major === 2) theirs[alias] = {}
      expect(ours).toEqual(theirs)
    } finally {
      real.stop()
    }
  })
})

/** Bytes on the wire as no careful client would send them. */
describe('bad input', () => {
  const post = (path: string, body: unknown) =>
    fetch(`${server.address}/api/2.0/mlflow/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  const newRun = async (): Promise<string> =>
    (
      (await (await post('runs/create', { experiment_id: '0' })).json()) as {
        run: { info: { run_id: string } }
      }
    ).run.info.run_id

  test.each([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['a key of a wrong type', { key: 7, value: 1, timestamp: 1 }],
    ['a value of a wrong type', { key: 'a', value: 'many', timestamp: 1 }],
    ['no time', { key: 'a', value: 1 }],
    ['a time before time', { key: 'a', value: 1, timestamp: -1 }],
    ['a step that is no whole number', { key: 'a', value: 1, timestamp: 1, step: 0.5 }],
    ['a step beyond exactness', { key: 'a', value: 1, timestamp: 1, step: '9223372036854775807' }],
    ['a key that climbs', { key: '../a', value: 1, timestamp: 1 }],
    ['a key with a line break', { key: 'a\nb', value: 1, timestamp: 1 }],
    ['a key too long', { key: 'k'.repeat(251), value: 1, timestamp: 1 }],
  ])('a metric with %s is refused', async (_, body) => {
    const run_id = await newRun()
    const sent = typeof body === 'string' ? body : { run_id, ...body }
    const answer = await post('runs/log-metric', sent)
    expect([answer.status, (await answer.json()) as object]).toMatchObject([
      400,
      { error_code: 'INVALID_PARAMETER_VALUE', message: expect.any(String) },
    ])
  })

  test('whole numbers come as strings or numbers, what is not finite as strings', async () => {
    const run_id = await newRun()
    const metrics = [
      { key: 'a', value: 'NaN', timestamp: '5', step: '-3' },
      { key: 'b', value: '-Infinity', timestamp: 5, step: 3 },
    ]
    expect((await post('runs/log-batch', { run_id, metrics })).status).toBe(200)
    const got = await fetch(`${server.address}/api/2.0/mlflow/runs/get?run_uuid=${run_id}`)
    const { run } = (await got.json()) as { run: { data: { metrics: object[] } } }
    expect(run.data.metrics).toMatchObject([
      { key: 'a', value: 'NaN', timestamp: 5, step: -3 },
      { key: 'b', value: '-Infinity', timestamp: 5, step: 3 },
    ])
  })

  test('ten thousand keys in a run are kept, and limits of a batch hold', async () => {
    const run_id = await newRun()
    const batch = (from: number, n: number) => ({
      run_id,
      metrics: Array.from({ length: n }, (_, i) => ({ key: `k${from + i}`, value: i, timestamp: 1 })),
    })
    for (let from = 0; from < 10_000; from += 1000) {
      expect((await post('runs/log-batch', batch(from, 1000))).status).toBe(200)
    }
    expect((await post('runs/log-batch', batch(0, 1001))).status).toBe(400)
    const got = await fetch(`${server.address}/api/2.0/mlflow/runs/get?run_id=${run_id}`)
    expect(((await got.json()) as { run: { data: { metrics: object[] } } }).run.data.metrics).toHaveLength(
      10_000,
    )
  })

  test.each([
    '..%2fx',
    '%2e%2e/x',
    '%252e%252e%252fx',
    '..%5cx',
    'a%00b',
    '%ef%bc%8e%ef%bc%8e/x',
    '%2fetc/passwd',
    'a%2f%2fb',
  ])('an artifact named %s is refused', async (name) => {
    const url = `${server.address}/api/2.0/mlflow-artifacts/artifacts/0/${await newRun()}/artifacts/${name}`
    const { request } = await import('node:http')
    const status = await new Promise((resolve, reject) => {
      const { hostname, port } = new URL(server.address)
      // fetch would tidy the path
      const path = url.slice(server.address.length)
      const sent = request({ hostname, port, path, method: 'PUT' }, (answer) => resolve(answer.statusCode))
      sent.on('error', reject)
      sent.end('x')
    })
    expect(status).toBe(400)
  })

  test('half an upload leaves nothing, and one that is larger than the disk is refused at once', async () => {
    const run = await newRun()
    const { connect } = await import('node:net')
    const { hostname, port } = new URL(server.address)
    const send = (length: number, bytes: number) =>
      new Promise<string>((resolve) => {
        let said = ''
        const socket = connect(Number(port), hostname, () => {
          socket.write(
            `PUT /api/2.0/mlflow-artifacts/artifacts/0/${run}/artifacts/half HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: text/plain\r\nContent-Length: ${length}\r\n\r\n${'x'.repeat(bytes)}`,
          )
          setTimeout(() => socket.destroy(), 300)
        })
        socket.on('data', (chunk) => {
          said += chunk
        })
        socket.on('close', () => resolve(said))
        socket.on('error', () => undefined)
      })
    await send(1000, 500)
    expect(await send(2 ** 49, 10)).toMatch(/^HTTP\/1.1 507/)
    const list = await fetch(`${server.address}/api/2.0/mlflow/artifacts/list?run_id=${run}`)
    expect(await list.json()).toMatchObject({ files: [] })
  })

  test('one name cannot be a file and a folder', async () => {
    const base = `${server.address}/api/2.0/mlflow-artifacts/artifacts/0/${await newRun()}/artifacts`
    const put = (path: string) =>
      fetch(`${base}/${path}`, { method: 'PUT', body: 'x' }).then(({ status }) => status)
    expect([await put('a'), await put('a/b'), await put('c/d'), await put('c')]).toEqual([200, 400, 200, 400])
  })
})

test('a server that wants a token takes it as Basic password and as Bearer', {
  timeout: 300_000,
}, async () => {
  const open = await startServer({
    workspace: mkdtempSync(join(tmpdir(), 'capstan-mlflow-')),
    host: '0.0.0.0',
    port: 0,
    workers: 0,
  })
  try {
    const address = open.address.replace('0.0.0.0', '127.0.0.1')
    const get = (authorization?: string) =>
      fetch(`${address}/api/2.0/mlflow/experiments/get?experiment_id=0`, {
        headers: authorization === undefined ? {} : { authorization },
      })
    const refused = await get()
    expect([refused.status, await refused.json()]).toMatchObject([401, { error_code: 'UNAUTHENTICATED' }])
    const basic = (password: string) => `Basic ${Buffer.from(`li:${password}`).toString('base64')}`
    expect((await get(basic(open.token!))).status).toBe(200)
    expect((await get(`Bearer ${open.token!}`)).status).toBe(200)
    expect((await get(basic('guess'))).status).toBe(401)
  } finally {
    await open.close()
  }
})
