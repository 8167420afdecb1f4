/** @file The one suite that every database must pass: records, audit log, runs, measures, ledger. */

import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { changer, createBus } from '../../packages/server/src/context.ts'
import { append, recent, since, verify } from '../../packages/server/src/database/audit.ts'
import { readMeta, writeMeta } from '../../packages/server/src/database/meta.ts'
import { migrate, migrations } from '../../packages/server/src/database/migrate.ts'
import type { OpenDatabase } from '../../packages/server/src/database/open.ts'
import { insertPoint, pointsOf } from '../../packages/server/src/measures/store.ts'
import { members } from '../../packages/server/src/members/store.ts'
import { insertLedger, listLedger } from '../../packages/server/src/resources/store.ts'
import {
  changeRun,
  countRuns,
  curveOf,
  expiredRuns,
  getRun,
  insertMetrics,
  insertRun,
  nextClaimable,
  type RunRecord,
} from '../../packages/server/src/runs/store.ts'

const AT = '2026-01-01T00:00:00.000Z'
const LATER = '2026-01-01T00:01:00.000Z'

const member = (id: string) => ({
  id,
  name: id,
  roles: ['engineer' as const],
  skills: [],
  daysPerPeriod: 5,
  origin: 'typed' as const,
  createdAt: AT,
})

const run = (number: number): RunRecord => ({
  id: `run_${number}`,
  number,
  name: `run ${number}`,
  kind: 'train',
  initiativeId: null,
  designId: 'design_1',
  datasetVersionId: 'data_1',
  parameters: { epochs: 1, batchSize: 64, learningRate: 0.001, optimizer: 'adam', seed: 1 },
  model: null,
  parentRunId: null,
  state: 'queued',
  attempt: 0,
  worker: null,
  progress: null,
  epochLosses: [],
  validation: [],
  checkpoint: null,
  cost: { cpuSeconds: 0, wallSeconds: 0, peakMemoryBytes: 0, amount: 0 },
  estimatedSeconds: null,
  environment: {},
  evaluationId: null,
  error: null,
  createdAt: AT,
  startedAt: null,
  endedAt: null,
  notBefore: null,
  chargedSeconds: 0,
  earlier: { cpuSeconds: 0, wallSeconds: 0, peakMemoryBytes: 0 },
})

/** @param open opens an empty database, migrated */
export function storeSuite(name: string, open: () => Promise<OpenDatabase>): void {
  describe(`stores on ${name}`, () => {
    let database: OpenDatabase
    let change: ReturnType<typeof changer>
    beforeAll(async () => {
      database = await open()
      change = changer(database.db, database.dialect, createBus(), () => new Date(AT))
    })
    afterAll(() => database.close())

    test('migrating again changes nothing, and a newer schema is refused', async () => {
      const { db, dialect } = database
      await migrate(db, dialect, 'here')
      await sql`update schema_version set version = ${migrations.length + 1}`.execute(db)
      await expect(migrate(db, dialect, 'here')).rejects.toMatchObject({
        code: 'workspace/newer',
        values: { found: migrations.length + 1, known: migrations.length },
      })
      await sql`update schema_version set version = ${migrations.length}`.execute(db)
    })

    test('records keep their order and refuse a second of the same id', async () => {
      const { db } = database
      for (const id of ['b', 'a', 'c']) await members.insert(db, member(id))
      expect((await members.list(db)).map(({ id }) => id)).toEqual(['b', 'a', 'c'])
      expect((await members.newest(db, 2)).map(({ id }) => id)).toEqual(['c', 'a'])
      await expect(members.insert(db, member('a'))).rejects.toThrow()
      await expect(members.get(db, 'nobody')).rejects.toMatchObject({ code: 'request/not-found' })
      expect(await members.count(db)).toBe(3)
    })

    test('two writers of one record never lose a change: both stand, or the second is told', async () => {
      const skill = (name: string) =>
        change('owner', ({ db }) => members.change(db, 'a', (m) => ({ ...m, skills: [...m.skills, name] })))
      const outcomes = await Promise.allSettled(Array.from({ length: 8 }, (_, i) => skill(`s${i}`)))
      const done = outcomes.filter(({ status }) => status === 'fulfilled').length
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected')
          expect(outcome.reason).toMatchObject({ code: 'request/changed-meanwhile' })
      }
      expect(done).toBeGreaterThan(0)
      expect((await members.get(database.db, 'a')).skills).toHaveLength(done)
    })

    test('a change that fails leaves neither state nor events', async () => {
      const { db } = database
      const before = (await recent(db, 1))[0]?.seq ?? 0
      const failing = change('owner', async (tx) => {
        await members.insert(tx.db, member('half'))
        await tx.record('member', 'added', 'half')
        throw new Error('no')
      })
      await expect(failing).rejects.toThrow('no')
      expect(await members.find(db, 'half')).toBeNull()
      expect((await recent(db, 1))[0]?.seq ?? 0).toBe(before)
    })

    test('many writers append to one unbroken audit chain', async () => {
      const { db } = database
      const already = (await verify(db)).entries
      await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          change(`m${i}`, async (tx) => {
            await tx.record('member', 'seen', `x${i}`, { i })
            await tx.record('member', 'left', `x${i}`)
          }),
        ),
      )
      expect(await verify(db)).toEqual({ entries: already + 40, intact: true, brokenAt: null })
      const tail = await since(db, already, 100)
      expect(tail.map(({ seq }) => seq)).toEqual(Array.from({ length: 40 }, (_, i) => already + 1 + i))
    })

    test.each([
      ['an edit', (seq: number) => sql`update audit set data = '{"i":99}' where seq = ${seq}`],
      ['a deletion', (seq: number) => sql`delete from audit where seq = ${seq}`],
      ['a new order', (seq: number) => sql`update audit set seq = case seq when ${seq} then -1 else seq end`],
    ])('the audit chain shows %s', async (_, damage) => {
      const { db } = database
      await db
        .transaction()
        .execute(async (tx) => {
          await append(tx, { at: AT, actor: 'a', kind: 'k.v', noun: 'k', id: '1', data: { i: 1 } })
          const { seq } = await append(tx, {
            at: AT,
            actor: 'a',
            kind: 'k.v',
            noun: 'k',
            id: '2',
            data: { i: 2 },
          })
          await append(tx, { at: AT, actor: 'a', kind: 'k.v', noun: 'k', id: '3', data: { i: 3 } })
          await damage(seq).execute(tx)
          const found = await verify(tx)
          expect(found.intact).toBe(false)
          expect(found.brokenAt).toBe(seq)
          throw new Error('undo')
        })
        .catch((error: Error) => expect(error.message).toBe('undo'))
      expect((await verify(db)).intact).toBe(true)
    })

    test('two workers never claim the same run', async () => {
      const { db, dialect } = database
      for (const number of [1, 2, 3]) await insertRun(db, run(number))
      const claim = (worker: string) =>
        change('worker', async (tx) => {
          const next = await nextClaimable(tx.db, AT, dialect === 'postgres')
          if (!next) return null
          const claimed = { ...next, state: 'running' as const, worker }
          return changeRun(tx.db, next.id, () => claimed, LATER)
        })
      const claims = await Promise.all(['w1', 'w2', 'w3', 'w4', 'w5'].map(claim))
      const ids = claims.flatMap((claimed) => claimed?.id ?? [])
      expect(new Set(ids).size).toBe(ids.length)
      // whoever found every row locked looks again
      while ((await claim('again')) !== null);
      expect(await countRuns(db)).toEqual({ all: 3, live: 3 })
      expect(await nextClaimable(db, AT, false)).toBeNull()
    })

    test('a lease that has ended is found, one that lasts is not', async () => {
      const { db } = database
      expect(await expiredRuns(db, AT)).toEqual([])
      expect((await expiredRuns(db, LATER)).map(({ number }) => number).sort()).toEqual([1, 2, 3])
    })

    test('a queued run waits for its time', async () => {
      const { db } = database
      await insertRun(db, { ...run(4), notBefore: LATER })
      expect(await nextClaimable(db, AT, false)).toBeNull()
      expect((await nextClaimable(db, LATER, false))?.number).toBe(4)
    })

    test('a step measured again replaces its point, and a thinned curve keeps its extremes', async () => {
      const { db } = database
      const points = Array.from({ length: 5000 }, (_, step) => ({ key: 'loss', step, value: 1 }))
      points[1234] = { key: 'loss', step: 1234, value: 99 }
      points[4321] = { key: 'loss', step: 4321, value: -7 }
      await insertMetrics(db, 'run_1', AT, points)
      await insertMetrics(db, 'run_1', AT, [{ key: 'loss', step: 4999, value: 0.5 }])
      const curve = await curveOf(db, 'run_1', 'loss', 100)
      expect(curve.length).toBeLessThanOrEqual(100)
      expect(Math.max(...curve.map(({ value }) => value))).toBe(99)
      expect(Math.min(...curve.map(({ value }) => value))).toBe(-7)
      expect(curve.at(-1)).toMatchObject({ step: 4999, value: 0.5 })
    })

    test('points of a measure come in the order of their time, with their evidence', async () => {
      const { db } = database
      const evidence = { noun: 'run' as const, id: 'run_1' }
      await insertPoint(db, 'm', { at: LATER, value: 2, origin: 'measured', evidence })
      await insertPoint(db, 'm', { at: AT, value: 1, standardError: 0.1, origin: 'measured', evidence })
      expect(await pointsOf(db, 'm')).toEqual([
        { at: AT, value: 1, standardError: 0.1, origin: 'measured', evidence },
        { at: LATER, value: 2, origin: 'measured', evidence },
      ])
    })

    test('the ledger gives back what was entered, newest first', async () => {
      const { db } = database
      const entry = (id: string, initiativeId: string | null) => ({
        id,
        at: AT,
        initiativeId,
        poolId: 'pool_1',
        quantity: 1.5,
        unit: 'min',
        rate: 2,
        cost: 3,
        origin: 'measured' as const,
        evidence: { noun: 'run' as const, id: 'run_1' },
      })
      await insertLedger(db, entry('e1', 'i1'))
      await insertLedger(db, entry('e2', null))
      expect(await listLedger(db)).toEqual([entry('e2', null), entry('e1', 'i1')])
      expect(await listLedger(db, 'i1')).toEqual([entry('e1', 'i1')])
    })

    test('a run keeps what only the queue knows', async () => {
      expect((await getRun(database.db, 'run_4')).notBefore).toBe(LATER)
    })

    test('meta facts overwrite', async () => {
      const { db } = database
      await writeMeta(db, 'k', { a: 1 })
      await writeMeta(db, 'k', { a: 2 })
      expect(await readMeta(db, 'k')).toEqual({ a: 2 })
      expect(await readMeta(db, 'none')).toBeNull()
    })
  })
}
