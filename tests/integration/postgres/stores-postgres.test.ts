/** @file The store suite on a real PostgreSQL server, and the server's first steps there. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@capstan/api'
import { startServer } from '@capstan/server'
import { sql } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { openDatabase } from '../../../packages/server/src/database/open.ts'
import { measuresSuite } from '../../stores/measures-suite.ts'
import { storeSuite } from '../../stores/suite.ts'
import { startCluster } from './cluster.ts'

const cluster = await startCluster()
afterAll(() => cluster.stop())

storeSuite('PostgreSQL', () => openDatabase('a PostgreSQL server', cluster.url))
measuresSuite('PostgreSQL', async () => {
  const admin = await openDatabase('here', cluster.url)
  await sql`create database measures`.execute(admin.db)
  await admin.close()
  return openDatabase('a PostgreSQL server', cluster.url.replace(/postgres$/, 'measures'))
})

test('two servers work on one PostgreSQL database, each in its own folder', async () => {
  const admin = await openDatabase('here', cluster.url)
  await sql`create database pair`.execute(admin.db)
  await admin.close()
  const databaseUrl = cluster.url.replace(/postgres$/, 'pair')
  const start = () =>
    startServer({ workspace: mkdtempSync(join(tmpdir(), 'capstan-pair-')), port: 0, workers: 0, databaseUrl })
  const first = await start()
  const second = await start()
  expect([first.created, second.created]).toEqual([true, false])
  const [a, b] = [createClient({ baseUrl: first.address }), createClient({ baseUrl: second.address })]
  await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      (i % 2 ? a : b).members.create({ body: { name: `member ${i}`, roles: ['engineer'] } }),
    ),
  )
  expect(await a.members.list()).toEqual(await b.members.list())
  expect(await b.members.list()).toHaveLength(20)
  expect(await a.loop.verifyActivity()).toMatchObject({ entries: 20, intact: true })
  await Promise.all([first.close(), second.close()])
})
