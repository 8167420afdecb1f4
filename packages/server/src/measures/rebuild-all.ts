/** @file Rebuilds all measures in pieces, or says what a rebuild would change. */
import { type Fact, type FactSource, factSources } from '@capstan/domain'
import type { Context } from '../context.ts'
import type { Db } from '../database/records.ts'
import { timesOf } from './clock.ts'
import { gather, type Rebuilt, rebuildOne, rebuildThese, repair } from './rebuild.ts'
import { askedOf, type Kept, measures } from './records.ts'

interface Outcome {
  facts: number
  measures: Rebuilt[]
}

/** Measures in one transaction; others write between two of them. */
const AT_A_TIME = 25

async function chosen(db: Db, id: string | undefined): Promise<Kept[]> {
  const all = id === undefined ? await measures.list(db) : [await measures.get(db, id)]
  return all.filter((measure) => !measure.archived && askedOf(measure) !== null)
}

const sourcesOf = (all: readonly Kept[], id: string | undefined): FactSource[] =>
  id === undefined ? factSources : all.flatMap((measure) => askedOf(measure)?.of ?? [])

export async function rebuildAll({ db, change }: Context, actor: string, id?: string): Promise<Outcome> {
  const all = await chosen(db, id)
  let facts = 0
  for (const source of sourcesOf(all, id)) {
    facts += await change(actor, async (tx) => repair(tx.db, source, await gather(tx.db, source)))
  }
  const made: Rebuilt[] = []
  for (let i = 0; i < all.length; i += AT_A_TIME) {
    const some = all.slice(i, i + AT_A_TIME)
    made.push(...(await change(actor, (tx) => rebuildThese(tx, some))))
  }
  const differed = made.filter(({ added, changed, removed }) => added + changed + removed > 0).length
  await change(actor, ({ record }) =>
    record('measure', 'rebuilt', id ?? 'all', { measures: made.length, differed, facts }),
  )
  return { facts, measures: made }
}

export async function checkAll(db: Db, id: string | undefined, now: string): Promise<Outcome> {
  const all = await chosen(db, id)
  const times = await timesOf(db, now)
  const facts = new Map<FactSource, Fact[]>()
  let wrong = 0
  for (const source of new Set(sourcesOf(all, id))) {
    const found = await gather(db, source)
    facts.set(source, found.facts)
    wrong += found.wrong.length + found.gone.length
  }
  const made: Rebuilt[] = []
  for (const measure of all) {
    const query = askedOf(measure)!
    made.push((await rebuildOne(db, measure, query, facts.get(query.of) ?? [], times, false)).rebuilt)
  }
  return { facts: wrong, measures: made }
}
