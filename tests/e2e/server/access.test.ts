/** @file Every route tried with every role, and without any: what docs/access.md says is what the server does. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClient } from '@capstan/api'
import { runningServer } from '@capstan/server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runTokenOf } from '../../../packages/server/src/http/guard.ts'
import { addPerson, type Browser, password, signedIn } from './people.ts'
import { startWorld, type World } from './world.ts'

interface Row {
  method: string
  path: string
  name: string
  says: Record<string, string>
}

const page = readFileSync(join(import.meta.dirname, '../../../docs/access.md'), 'utf8')
const cells = (line: string) =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())
const [head, , ...lines] = page.split('\n').filter((line) => line.startsWith('|'))
const columns = cells(head!).slice(4)
const rows: Row[] = lines.map((line) => {
  const [method, path, name, , ...says] = cells(line)
  return {
    method: method!,
    path: path!.replaceAll('`', ''),
    name: name!,
    says: Object.fromEntries(columns.map((column, i) => [column, says[i]!])),
  }
})

let world: World
const people = new Map<string, Browser>()
const headers = new Map<string, Record<string, string>>()
const roles = ['owner', 'lead', 'engineer', 'reviewer', 'viewer'] as const

beforeAll(async () => {
  world = await startWorld({ workers: 0 })
  const local = createClient({
    baseUrl: world.server.address,
    token: (await runningServer(world.folder))!.token!,
  })
  for (const role of roles) {
    await addPerson(local, role, [role])
    people.set(role, await signedIn(world, role))
  }
  const { secret } = await people
    .get('owner')!
    .client.account.createToken({ body: { name: 'reads', readOnly: true } })
    .catch((error) => {
      throw new Error(JSON.stringify(error.body))
    })
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
  headers.set('nobody', {})
  headers.set('token', bearer(secret))
  headers.set('run', bearer(runTokenOf(world.server.workerToken, 'run_nothing')))
  headers.set('worker', bearer(world.server.workerToken))
  headers.set('machine', bearer((await runningServer(world.folder))!.token!))
})
afterAll(() => world.server.close())

/** What ends the caller's own session. */
const ending = /^(session\.|account\.signOutEverywhere|account\.password)/

async function headersOf(caller: string): Promise<Record<string, string>> {
  return headers.get(caller) ?? { cookie: people.get(caller)!.cookie() }
}

/** Allowed calls name nothing that exists, and bodies that are empty: they change nothing. */
async function verdict({ method, path }: Row, caller: string): Promise<string> {
  const url = world.server.address + path.replace(/:\w+/g, 'nothing')
  const stop = new AbortController()
  const response = await fetch(url, {
    method,
    headers: {
      ...(await headersOf(caller)),
      ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
    },
    signal: stop.signal,
    ...(method === 'GET' ? {} : { body: '{}' }),
  })
  const { status } = response
  // streams do not end by themselves
  const text = response.headers.get('content-type')?.includes('event-stream') ? '' : await response.text()
  stop.abort()
  if (status === 401) return /wrong-password/.test(text) ? 'yes' : '401'
  return status === 403 && /access\/(refused|token-scope)|PERMISSION_DENIED/.test(text) ? '403' : 'yes'
}

describe.each(columns)('%s', (caller) => {
  test('may what the page says', async () => {
    const wrong: string[] = []
    for (const row of rows) {
      const found = await verdict(row, caller)
      if (found !== row.says[caller])
        wrong.push(`${row.method} ${row.path}: ${found}, not ${row.says[caller]}`)
      if (ending.test(row.name) && people.has(caller) && found === 'yes') {
        people.set(caller, await signedIn(world, caller))
      }
    }
    expect(wrong).toEqual([])
    expect(rows.length).toBeGreaterThan(150)
  }, 120_000)
})

test('whatever is not on the page is closed to nobody', async () => {
  for (const path of [
    '/api/v1/nothing',
    '/api/2.0/mlflow/nothing',
    '/v1/chat/completions',
    '/v2/nothing',
    '/api/v1/docs/',
  ])
    expect([path, (await fetch(world.server.address + path)).status]).toEqual([path, 401])
  expect((await fetch(`${world.server.address}/v2/health/live`)).status).toBe(200)
  expect(password.length).toBeGreaterThan(0)
})
