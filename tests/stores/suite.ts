/** @file The one suite that every database must pass: records, audit log, runs, ledger. */

import type { Machine } from '@capstan/api'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seeded } from '../../packages/domain/src/chance/random.ts'
import { changer, createBus } from '../../packages/server/src/context.ts'
import { append, headOf, holds, recent, since, verify } from '../../packages/server/src/database/audit.ts'
import { readMeta, writeMeta } from '../../packages/server/src/database/meta.ts'
import { migrate, migrations } from '../../packages/server/src/database/migrate.ts'
import type { OpenDatabase } from '../../packages/server/src/database/open.ts'
import { emptyCapture } from '../../packages/server/src/executions/facts.ts'
import { appendLog, printedBytes, readLog, writeCapture } from '../../packages/server/src/executions/store.ts'
import { claimNext } from '../../packages/server/src/jobs/claim.ts'
import { members } from '../../packages/server/src/members/store.ts'
import { appendPoints, readCurve, seriesOfRuns } from '../../packages/server/src/metrics/store.ts'
import { insertLedger, listLedger } from '../../packages/server/src/resources/store.ts'
import { emptyRun, plainExecution } from '../../packages/server/src/runs/empty.ts'
import {
  changeRun,
  countRuns,
  expiredRuns,
  getRun,
  insertRun,
  type RunRecord,
} from '../../packages/server/src/runs/store.ts'
import { searchRuns } from '../../packages/server/src/search/store.ts'

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

const run = (number: number, change: Partial<RunRecord> = {}): RunRecord => ({
  ...emptyRun(AT),
  id: `run_${number}`,
  number,
  name: `run ${number}`,
  kind: 'command',
  ...change,
})

const machine: Machine = { name: 'here', cores: 64, memoryBytes: 2 ** 36, gpus: 0, slots: 8 }

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

    const claim = (worker: string, on = machine, at = AT) =>
      changer(
        database.db,
        database.dialect,
        createBus(),
        () => new Date(at),
      )('worker', (tx) => claimNext(tx, { worker, pid: 1, machine: on }, () => 'token'))

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

    test('of two people who edit what they saw, the second is told and changes nothing', async () => {
      const { db } = database
      const seen = await members.get(db, 'c')
      const named = await members.edit(db, 'c', seen.revision, (m) => ({ ...m, name: 'Chen' }))
      expect(named).toEqual({ ...seen, name: 'Chen', revision: seen.revision + 1 })
      await expect(
        members.edit(db, 'c', seen.revision, (m) => ({ ...m, name: 'Zhao' })),
      ).rejects.toMatchObject({ code: 'request/changed-meanwhile' })
      expect(await members.get(db, 'c')).toEqual(named)
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
      expect(await verify(db)).toMatchObject({ entries: already + 40, intact: true, brokenAt: null })
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
          await letChange(tx)
          await damage(seq).execute(tx)
          const found = await verify(tx)
          expect(found.intact).toBe(false)
          expect(found.brokenAt).toBe(seq)
          throw new Error('undo')
        })
        .catch((error: Error) => expect(error.message).toBe('undo'))
      expect((await verify(db)).intact).toBe(true)
    })

    test('the database itself refuses to change the audit log', async () => {
      const { db } = database
      await change('a', ({ record }) => record('member', 'seen', 'x'))
      for (const damage of [
        sql`update audit set actor = 'nobody' where seq = 1`,
        sql`delete from audit`,
        ...(database.dialect === 'postgres' ? [sql`truncate audit`] : []),
      ])
        await expect(damage.execute(db)).rejects.toThrow(/append-only/)
      expect((await verify(db)).intact).toBe(true)
    })

    test('an end that was cut off shows against where the log once ended', async () => {
      const { db } = database
      await change('a', ({ record }) => record('member', 'seen', 'x'))
      const anchor = (await headOf(db))!
      expect(await verify(db, [anchor])).toMatchObject({ intact: true, ...anchor })
      await db
        .transaction()
        .execute(async (tx) => {
          await letChange(tx)
          await sql`delete from audit where seq = ${anchor.entries}`.execute(tx)
          expect(await holds(tx, anchor)).toBe(false)
          expect((await verify(tx)).intact).toBe(true)
          expect(await verify(tx, [anchor])).toMatchObject({ intact: false, brokenAt: anchor.entries })
          throw new Error('undo')
        })
        .catch((error: Error) => expect(error.message).toBe('undo'))
    })

    /** Whoever owns the database can take its triggers away. */
    const letChange = async (tx: OpenDatabase['db']) => {
      const triggers =
        database.dialect === 'sqlite'
          ? ['drop trigger audit_refuses_update', 'drop trigger audit_refuses_delete']
          : ['drop trigger audit_refuses_change on audit']
      for (const trigger of triggers) await sql.raw(trigger).execute(tx)
    }

    test('two workers never claim the same run', async () => {
      const { db } = database
      for (const number of [1, 2, 3]) {
        await insertRun(db, run(number))
        await writeCapture(db, number, emptyCapture)
      }
      const claims = await Promise.all(Array.from({ length: 24 }, (_, i) => claim(`w${i}`)))
      const ids = claims.flatMap((job) => job?.run.id ?? [])
      expect(ids.sort()).toEqual(['run_1', 'run_2', 'run_3'])
      expect(await countRuns(db)).toEqual({ all: 3, live: 3, queued: 0 })
      expect(await claim('late')).toBeNull()
    })

    test('claims together never take more of a machine than it has', async () => {
      const { db } = database
      const wide = { ...plainExecution, cores: 2 }
      for (const number of [11, 12, 13, 14, 15]) {
        await insertRun(db, run(number, { execution: wide }))
        await writeCapture(db, number, emptyCapture)
      }
      const small = { ...machine, name: 'small', cores: 5 }
      const claims = await Promise.all(Array.from({ length: 8 }, (_, i) => claim(`s${i}`, small)))
      const cpus = claims.flatMap((job) => job?.run.execution.cpus ?? [])
      expect(claims.filter(Boolean)).toHaveLength(2)
      expect(cpus.sort()).toEqual([0, 1, 2, 3])
      for (const number of [11, 12, 13, 14, 15])
        await changeRun(db, `run_${number}`, (r) => ({ ...r, state: 'cancelled', worker: null }), null)
    })

    test('a lease that has ended is found, one that lasts is not', async () => {
      const { db } = database
      expect(await expiredRuns(db, AT)).toEqual([])
      expect((await expiredRuns(db, LATER)).map(({ number }) => number).sort()).toEqual([1, 2, 3])
    })

    test('a queued run waits for its time', async () => {
      const { db } = database
      await insertRun(db, run(4, { notBefore: LATER }))
      await writeCapture(db, 4, emptyCapture)
      expect(await claim('early')).toBeNull()
      expect((await claim('on time', machine, LATER))?.run.number).toBe(4)
    })

    test('a log keeps its head and its tail, and a piece that comes twice once', async () => {
      const { db } = database
      const limits = { head: 20, tail: 40 }
      const line = (i: number) => ({
        offset: i * 10,
        stream: 'stdout',
        text: `line ${String(i).padStart(4, '0')}\n`,
      })
      await appendLog(db, 1, [line(0), line(1)], 5, limits)
      await appendLog(db, 1, [line(1), line(2)], 6, limits)
      expect((await readLog(db, 1, 0, 1000)).map(({ offset, at }) => [offset, at])).toEqual([
        [0, 5],
        [10, 5],
        [20, 6],
      ])
      for (let i = 3; i < 100; i++) await appendLog(db, 1, [line(i)], 7, limits)
      expect(await printedBytes(db, 1)).toBe(1000)
      expect((await readLog(db, 1, 0, 1000)).map(({ offset }) => offset)).toEqual([0, 10, 960, 970, 980, 990])
      expect((await readLog(db, 1, 965, 10)).map(({ offset }) => offset)).toEqual([960])
    })

    test('work taken up again replaces its points from there on', async () => {
      const { db } = database
      const at = Date.parse(AT)
      const points = Array.from({ length: 5000 }, (_, step) => ({ key: 'loss', step, at, value: 1 }))
      await appendPoints(db, 1, points, { rewind: true })
      await appendPoints(db, 1, [{ key: 'loss', step: 4990, at: at + 1, value: 0.5 }], { rewind: true })
      const { step, value } = await readCurve(db, 1, 'loss')
      expect(step.length).toBe(4991)
      expect([step.at(-1), value.at(-1)]).toEqual([4990, 0.5])
      expect(await seriesOfRuns(db, [1])).toMatchObject([
        { points: 4991, latest_step: 4990, latest_value: 0.5 },
      ])
    })

    test('every point is there once, whatever its order and however often it is sent', async () => {
      const { db } = database
      const random = seeded(7)
      const whole = (most: number) => Math.floor(random() * most)
      const special = [Number.NaN, Infinity, -Infinity]
      const made = Array.from({ length: 6000 }, () => ({
        key: `m${whole(3)}`,
        step: whole(400) - 200,
        at: 1_700_000_000_000 + whole(300),
        value: whole(20) < special.length ? special[whole(3)]! : whole(5),
      }))
      const expected = new Set(made.map((p) => [p.key, p.at, p.step, p.value].join()))
      for (let i = 0; i < made.length; ) {
        const n = 1 + whole(90)
        await appendPoints(db, 2, made.slice(Math.max(0, i - whole(30)), i + n))
        i += n
      }
      const found: string[] = []
      for (const key of ['m0', 'm1', 'm2']) {
        const { at, step, value } = await readCurve(db, 2, key)
        expect([...step]).toEqual([...step].sort((a, b) => a - b))
        step.forEach((s, i) => {
          found.push([key, at[i], s, value[i]].join())
        })
        const order = (p: (typeof made)[number]) =>
          [p.step, p.at, Number.isNaN(p.value) ? 0 : p.value] as const
        const latest = made
          .filter((p) => p.key === key)
          .reduce((a, b) => {
            const [x, y] = [order(a), order(b)]
            return (y[0] - x[0] || y[1] - x[1] || (y[2] > x[2] ? 1 : 0)) > 0 ? b : a
          })
        const [series] = await seriesOfRuns(db, [2], [key])
        expect([series!.latest_step, series!.latest_at]).toEqual([latest.step, latest.at])
      }
      expect(found).toHaveLength(expected.size)
      expect(new Set(found)).toEqual(expected)
      expect(
        Number(
          (await sql<{ points: number }>`select points from runs where number = 2`.execute(db)).rows[0]!
            .points,
        ),
      ).toBe(expected.size)
    })

    test('a search takes any number of experiments', async () => {
      const search = (experiments: number[]) =>
        searchRuns(database.db, { experiments, where: null, orderBy: [], lifecycle: 'all', limit: 1000 })
      const all = await searchRuns(database.db, { where: null, orderBy: [], lifecycle: 'all', limit: 1000 })
      expect(all.runs.length).toBeGreaterThan(0)
      expect(await search(Array.from({ length: 40_000 }, (_, i) => i))).toEqual(all)
      expect((await search([40_000])).runs).toEqual([])
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
      expect(await listLedger(db, { initiativeId: 'i1' })).toEqual([entry('e1', 'i1')])
      const run = { id: 'run_1', createdAt: AT }
      const of = (initiativeId: string | null, more = {}) =>
        listLedger(db, { run: { ...run, initiativeId, ...more } })
      expect(await of('i1')).toEqual([entry('e1', 'i1')])
      expect(await of(null)).toEqual([entry('e2', null)])
      expect(await of('i1', { id: 'run_2' })).toEqual([])
    })

    test('a run keeps what only the queue knows', async () => {
      expect((await getRun(database.db, 'run_4')).share).toBe(1 / machine.slots)
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
