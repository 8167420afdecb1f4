/** @file The suite of measures that every database must pass: histories kept up as facts come are those from scratch. */
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { MeasureQueryInput } from '../../packages/api/src/nouns/measure-queries.ts'
import { MeasureQuery } from '../../packages/api/src/nouns/measure-queries.ts'
import { type Change, changer, createBus } from '../../packages/server/src/context.ts'
import { cycles } from '../../packages/server/src/cycles/store.ts'
import type { OpenDatabase } from '../../packages/server/src/database/open.ts'
import { factsOf } from '../../packages/server/src/facts/store.ts'
import { headsOf, insertRows } from '../../packages/server/src/histories/store.ts'
import { timesOf } from '../../packages/server/src/measures/clock.ts'
import { lookOnce } from '../../packages/server/src/measures/keep.ts'
import { forget, observe } from '../../packages/server/src/measures/observe.ts'
import { gatherOnce, rebuildOne, rebuildThese } from '../../packages/server/src/measures/rebuild.ts'
import { askedOf, type MeasureRecord, measures } from '../../packages/server/src/measures/records.ts'
import { pointsOf, viewMeasure } from '../../packages/server/src/measures/store.ts'
import { insertLedger } from '../../packages/server/src/resources/store.ts'
import { ensureWorkspace } from '../../packages/server/src/workspace/facts.ts'

const START = Date.parse('2026-03-20T00:00:00Z')
const hour = (hours: number) => new Date(START + hours * 3_600_000).toISOString()

const asks: MeasureQueryInput[] = [
  { source: 'query', of: 'incident', statistic: 'latest', value: 'loss' },
  {
    source: 'query',
    of: 'incident',
    statistic: 'sum',
    value: 'loss',
    where: [{ field: 'severity', is: ['high'] }],
  },
  { source: 'query', of: 'incident', statistic: 'median', value: 'loss' },
  { source: 'query', of: 'incident', statistic: 'count', window: { kind: 'days', days: 3 } },
  { source: 'query', of: 'incident', statistic: 'mean', value: 'loss', window: { kind: 'cycle' } },
  { source: 'query', of: 'incident', statistic: 'share', part: [{ field: 'loss', atLeast: 2 }] },
  { source: 'query', of: 'incident', statistic: 'rate' },
  { source: 'query', of: 'incident', statistic: 'age' },
]

const measure = (id: string, query: MeasureQueryInput): MeasureRecord => ({
  id,
  key: id,
  name: id,
  unit: 'x',
  direction: 'up',
  scale: 'linear',
  staleAfterDays: 30,
  query: MeasureQuery.parse(query),
  archived: false,
})

/** @param open opens an empty database, migrated */
export function measuresSuite(name: string, open: () => Promise<OpenDatabase>): void {
  describe(`measures on ${name}`, () => {
    let database: OpenDatabase
    let now = START
    const change = <T>(work: (change: Change) => Promise<T>) =>
      changer(database.db, database.dialect, createBus(), () => new Date(now))('owner', work)

    beforeAll(async () => {
      database = await open()
      await ensureWorkspace(database.db, {
        name: 'test',
        language: 'en',
        currency: 'CNY',
        timeZone: 'Europe/Berlin',
        createdAt: hour(0),
        demonstration: false,
        firstTurn: 'none',
      })
      for (const [number, start] of [hour(40), hour(300)].entries()) {
        await cycles.insert(database.db, {
          ...{ id: `cycle_${number}`, number, name: 'x', start, end: hour(900), state: 'running' },
        })
      }
      for (const [i, query] of asks.entries()) await measures.insert(database.db, measure(`m${i}`, query))
    })
    beforeEach(() => {
      now = START
    })
    afterAll(() => database.close())

    const incident = (id: string, at: string, loss: number, severity = 'high') => ({
      source: 'incident' as const,
      incident: { id, riskId: null, at, severity, state: 'open', loss },
    })

    /** What a rebuild would change of every measure. */
    const differences = async () => {
      const { db } = database
      const facts = await factsOf(db, 'incident')
      const heads = await headsOf(db)
      const found = []
      for (const record of await measures.list(db)) {
        const query = askedOf(record)
        const settled = heads.get(record.id)?.settled
        if (query?.of !== 'incident' || !settled) continue
        const { rebuilt, head } = await rebuildOne(
          db,
          record,
          query,
          facts,
          await timesOf(db, settled),
          false,
        )
        if (rebuilt.added + rebuilt.changed + rebuilt.removed > 0) found.push(rebuilt)
        expect({ id: record.id, ...heads.get(record.id) }).toEqual({
          id: record.id,
          ...JSON.parse(JSON.stringify(head)),
        })
      }
      return found
    }

    test('whatever comes, is corrected or goes, in whatever order: a rebuild finds nothing to change', async () => {
      const event = fc.oneof(
        {
          weight: 6,
          arbitrary: fc.record({
            kind: fc.constant('seen' as const),
            id: fc.integer({ min: 0, max: 7 }),
            at: fc.integer({ min: 0, max: 500 }),
            loss: fc.integer({ min: 0, max: 4 }),
            severity: fc.constantFrom('high', 'low'),
          }),
        },
        {
          weight: 1,
          arbitrary: fc.record({ kind: fc.constant('gone' as const), id: fc.integer({ min: 0, max: 7 }) }),
        },
        {
          weight: 2,
          arbitrary: fc.record({
            kind: fc.constant('time' as const),
            hours: fc.integer({ min: 1, max: 90 }),
          }),
        },
      )
      await fc.assert(
        fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 14 }), async (events) => {
          for (const one of events) {
            if (one.kind === 'seen') {
              await change((tx) => observe(tx, incident(`i${one.id}`, hour(one.at), one.loss, one.severity)))
            } else if (one.kind === 'gone') await change((tx) => forget(tx, 'incident', `i${one.id}`))
            else {
              now += one.hours * 3_600_000
              await lookOnce({
                db: database.db,
                now: () => new Date(now),
                change: (actor, work) =>
                  changer(database.db, database.dialect, createBus(), () => new Date(now))(actor, work),
              })
            }
          }
          expect(await differences()).toEqual([])
        }),
        { seed: 5, numRuns: 60 },
      )
    })

    test('a history that was tampered with is found and made right again', async () => {
      const { db } = database
      now = START + 1000 * 3_600_000
      await change((tx) => observe(tx, incident('t1', hour(600), 2)))
      await change((tx) => observe(tx, incident('t2', hour(610), 3)))
      const before = await pointsOf(db, 'm1')
      await db.updateTable('measure_histories').set({ value: 99 }).where('measure_id', '=', 'm1').execute()
      expect((await pointsOf(db, 'm1'))[0]!.value).toBe(99)
      const record = await measures.get(db, 'm1')
      const [rebuilt] = await change((tx) => rebuildThese(tx, [record]))
      expect(rebuilt).toMatchObject({ added: 0, changed: before.length, removed: 0 })
      expect(await pointsOf(db, 'm1')).toEqual(before)
    })

    test('points come in the order of their time, with their evidence; the newest typed of one instant last', async () => {
      const { db } = database
      const row = (at: string, key: string, value: number) => ({
        ...{ measure_id: 'm', at, key, value, standard_error: value / 10, origin: 'typed' },
        ...{ evidence: JSON.stringify({ noun: 'member', id: 'owner', note: 'n' }), facts: null, input: null },
      })
      await insertRows(db, [
        row(hour(2), 'typed:b', 3),
        row(hour(1), 'typed:a', 1),
        row(hour(2), 'typed:a', 2),
      ])
      expect((await pointsOf(db, 'm')).map(({ at, value }) => [at, value])).toEqual([
        [hour(1), 1],
        [hour(2), 2],
        [hour(2), 3],
      ])
      expect((await pointsOf(db, 'm'))[0]).toEqual({
        id: 'typed:a',
        at: hour(1),
        value: 1,
        standardError: 0.1,
        origin: 'typed',
        evidence: { noun: 'member', id: 'owner', note: 'n' },
      })
    })

    test('a workspace of an earlier version keeps its points, and the facts of its ledger become history', async () => {
      const { db } = database
      const entry = (id: string, at: string) => ({
        ...{ id, at, initiativeId: null, poolId: 'p', quantity: 1, unit: 'min', rate: 2, cost: 2 },
        origin: 'measured' as const,
        evidence: { noun: 'run' as const, id: 'r' },
      })
      await insertLedger(db, entry('l1', hour(1)))
      await insertLedger(db, entry('l2', hour(2)))
      await measures.insert(
        db,
        measure('spent', { source: 'query', of: 'ledger', statistic: 'sum', value: 'cost', where: [] }),
      )
      const kept = (id: string, key: string, at: string, value: number, evidence: object) => ({
        ...{ measure_id: id, at, key: `kept:${key}`, value, standard_error: null, origin: 'measured' },
        ...{ evidence: JSON.stringify(evidence), facts: null, input: null },
      })
      await insertRows(db, [
        kept('spent', '1', hour(2), 4, { noun: 'ledger', id: 'l2' }),
        kept('spent', '2', hour(0), 1, { noun: 'endpoint', id: 'e' }),
      ])
      now = START + 10 * 3_600_000
      await change(gatherOnce)
      expect((await pointsOf(db, 'spent')).map(({ value, evidence }) => [value, evidence.id])).toEqual([
        [1, 'e'],
        [2, 'l1'],
        [4, 'l2'],
      ])
      expect((await viewMeasure(db, await measures.get(db, 'spent'), hour(10))).latest!.value).toBe(4)
    })
  })
}
