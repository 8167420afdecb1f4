/** @file Facts as they are kept: one row each, the newest version of what happened. */
import type { LedgerEntry } from '@capstan/api'
import type { Fact, FactSource } from '@capstan/domain'
import type { Db } from '../database/records.ts'
import { entryOf } from '../resources/store.ts'

const ROWS = 500

export async function findFact(db: Db, source: FactSource, id: string): Promise<Fact | null> {
  const row = await db
    .selectFrom('facts')
    .select('body')
    .where('source', '=', source)
    .where('id', '=', id)
    .where('removed', '=', 0)
    .executeTakeFirst()
  return row ? (JSON.parse(row.body) as Fact) : null
}

/** Of one source, in the order of histories. */
export async function factsOf(db: Db, source: FactSource): Promise<Fact[]> {
  const rows = await db
    .selectFrom('facts')
    .select('body')
    .where('source', '=', source)
    .where('removed', '=', 0)
    .orderBy('at')
    .orderBy('id')
    .execute()
  return rows.map(({ body }) => JSON.parse(body) as Fact)
}

/** @param version counts what the source logged, for sources that change without an event */
export async function putFacts(db: Db, facts: readonly { fact: Fact; version?: number }[]): Promise<void> {
  for (let i = 0; i < facts.length; i += ROWS) {
    const rows = facts.slice(i, i + ROWS).map(({ fact, version = 0 }) => ({
      source: fact.source,
      id: fact.id,
      at: fact.at,
      removed: 0,
      version,
      parent: parentOf(fact),
      body: JSON.stringify(fact),
    }))
    await db
      .insertInto('facts')
      .values(rows)
      .onConflict((c) =>
        c.columns(['source', 'id']).doUpdateSet((e) => ({
          at: e.ref('excluded.at'),
          removed: e.ref('excluded.removed'),
          version: e.ref('excluded.version'),
          parent: e.ref('excluded.parent'),
          body: e.ref('excluded.body'),
        })),
      )
      .execute()
  }
}

export async function removeFact(db: Db, source: FactSource, id: string): Promise<void> {
  await db
    .updateTable('facts')
    .set({ removed: 1 })
    .where('source', '=', source)
    .where('id', '=', id)
    .execute()
}

/** Runs that logged something since their fact was made. */
export async function runsBehind(db: Db, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('runs')
    .innerJoin('facts', (join) => join.on('facts.source', '=', 'run').onRef('facts.id', '=', 'runs.id'))
    .select('runs.id')
    .where('facts.removed', '=', 0)
    .where('runs.lifecycle', '=', 'active')
    .whereRef('runs.logged', '!=', 'facts.version')
    .limit(limit)
    .execute()
  return rows.map(({ id }) => id)
}

export async function loggedOf(db: Db, ids: readonly string[]): Promise<Map<string, number>> {
  const rows =
    ids.length === 0
      ? []
      : await db
          .selectFrom('runs')
          .select(['id', 'logged'])
          .where('id', 'in', [...ids])
          .execute()
  return new Map(rows.map(({ id, logged }) => [id, Number(logged)]))
}

/** Facts that hang on another, also those that were removed. */
export async function factsUnder(
  db: Db,
  source: FactSource,
  parent: string,
): Promise<{ id: string; removed: boolean }[]> {
  const rows = await db
    .selectFrom('facts')
    .select(['id', 'removed'])
    .where('parent', '=', parent)
    .where('source', '=', source)
    .execute()
  return rows.map(({ id, removed }) => ({ id, removed: Number(removed) === 1 }))
}

const parentOf = ({ source, words }: Fact): string =>
  (source === 'evaluation' ? words.run : source === 'dataset' ? words.dataset : undefined) ?? ''

export async function runsOfExperiment(db: Db, experimentId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('runs')
    .select('id')
    .where('experiment', '=', Number(experimentId))
    .execute()
  return rows.map(({ id }) => id)
}

/** Every fact of a source with whether it was removed, as stored text. */
export async function storedFacts(
  db: Db,
  source: FactSource,
): Promise<Map<string, { body: string; removed: boolean }>> {
  const rows = await db
    .selectFrom('facts')
    .select(['id', 'removed', 'body'])
    .where('source', '=', source)
    .execute()
  return new Map(rows.map(({ id, removed, body }) => [id, { body, removed: Number(removed) === 1 }]))
}

/** Entries of the ledger that no fact tells of. */
export async function ledgerBehind(db: Db, limit: number): Promise<LedgerEntry[]> {
  const rows = await db
    .selectFrom('ledger')
    .leftJoin('facts', (join) => join.on('facts.source', '=', 'ledger').onRef('facts.id', '=', 'ledger.id'))
    .selectAll('ledger')
    .where('facts.id', 'is', null)
    .orderBy('ledger.position')
    .limit(limit)
    .execute()
  return rows.map(entryOf)
}
