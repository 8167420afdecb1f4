/** @file Routes of budgets and the ledger: what was used, corrections, burn-down, and the FOCUS export. */
import { Readable } from 'node:stream'
import { api, type LedgerEntry, refusedError } from '@capstan/api'
import { csvLine, focusColumns, focusRow, message, textOfSpreadsheet } from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import type { Db } from '../database/records.ts'
import { bind, sentByHandler } from '../http/register.ts'
import { requireMember } from '../members/store.ts'
import { committedCompute } from '../runs/commitments.ts'
import { getRun } from '../runs/store.ts'
import { initiatives } from '../strategy/store.ts'
import { readFacts } from '../workspace/facts.ts'
import { burnDowns } from './burn-down.ts'
import { charge, entryFor, reverse } from './charge.ts'
import { inWorkspaceCurrency } from './money.ts'
import { budgetsOf, correctionOf, getLedger, ledgerBetween, listLedger, pools } from './store.ts'

export function ledgerRoutes(app: FastifyInstance, { db, change, newId, now }: Context): void {
  bind(app, api.resources.budgets, async () => budgetsOf(db, await committedCompute(db)))
  bind(app, api.resources.burnDown, ({ query }) => burnDowns(db, now().toISOString(), query))
  bind(app, api.resources.ledger, async ({ query }) => {
    const { initiativeId, runId, limit } = query ?? {}
    const run = runId === undefined ? undefined : await getRun(db, runId)
    return listLedger(db, { initiativeId, run, limit })
  })

  bind(app, api.resources.charge, ({ body, actor }) =>
    change(actor, async (tx) => {
      const pool = await pools.get(tx.db, body.poolId)
      if (body.initiativeId !== null) await initiatives.get(tx.db, body.initiativeId)
      await requireMember(tx.db, body.memberId)
      if (body.unit !== undefined && body.unit !== pool.unit)
        throw refusedError(message('pool.unit', { pool: pool.name, unit: pool.unit, given: body.unit }))
      if (body.currency !== undefined && pool.kind !== 'cash')
        throw refusedError(message('pool.unit', { pool: pool.name, unit: pool.unit, given: body.currency }))
      const at = body.at ?? tx.at
      if (at > tx.at) throw refusedError(message('ledger.future', { at }))
      const { amount, note } = await inWorkspaceCurrency(tx.db, body.quantity, body.currency, at)
      const evidence = {
        noun: 'member' as const,
        id: body.memberId ?? actor,
        note: `${body.note}${note}`.slice(0, 4000),
      }
      const { initiativeId, origin } = body
      const id = newId('entry')
      const entry = await charge(tx, {
        ...entryFor(pool, amount, { id, at, initiativeId, evidence }),
        origin,
      })
      await tx.record('ledger', 'charged', id, { pool: pool.name, quantity: amount, unit: pool.unit })
      return entry
    }),
  )

  bind(app, api.resources.correct, ({ params, body, actor }) =>
    change(actor, async (tx) => {
      const entry = await getLedger(tx.db, params.id)
      if (entry.corrects) throw refusedError(message('ledger.correction', { id: entry.id }))
      if (await correctionOf(tx.db, entry.id))
        throw refusedError(message('ledger.corrected', { id: entry.id }))
      const opposite = await reverse(tx, newId, entry, body.note)
      await tx.record('ledger', 'corrected', entry.id, { by: opposite.id, note: body.note })
      return opposite
    }),
  )

  bind(app, api.resources.focus, async ({ query, reply }) => {
    const { from, until } = query ?? {}
    reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="capstan-focus.csv"')
      .send(Readable.from(focusLines(db, ledgerBetween(db, from, until)), { objectMode: false }))
    return sentByHandler
  })
}

async function* focusLines(db: Db, entries: AsyncIterable<LedgerEntry>): AsyncGenerator<string> {
  const { name, currency } = await readFacts(db)
  const known = new Map((await pools.list(db)).map((pool) => [pool.id, pool]))
  const names = new Map((await initiatives.list(db)).map((one) => [one.id, one.name]))
  const account = { id: name, name, currency }
  yield csvLine([...focusColumns])
  for await (const entry of entries) {
    const { initiativeId: of, poolId } = entry
    const pool = known.get(poolId) ?? { id: poolId, name: poolId, kind: 'cash' as const }
    const initiative = of === null ? null : { id: of, name: names.get(of) ?? of }
    const row = focusRow({ ...entry, corrects: entry.corrects ?? null, pool, initiative }, account)
    yield csvLine(row.map(textOfSpreadsheet))
  }
}
