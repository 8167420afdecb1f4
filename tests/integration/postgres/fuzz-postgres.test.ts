/** @file Spoilt requests about runs on a real PostgreSQL server, which refuses texts that SQLite keeps. */
import { afterAll } from 'vitest'
import { startCluster } from './cluster.ts'

const cluster = await startCluster()
process.env.DATABASE_URL = cluster.url
afterAll(() => cluster.stop())

await import('../../e2e/server/fuzz.test.ts')
await import('../../e2e/server/logging-input.test.ts')
