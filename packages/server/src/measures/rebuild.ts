/** @file Makes facts from their sources and histories from facts, from scratch, and says what differed. */
import { type Fact, type FactSource, factSources, inputOf, type Query, replay, slides } from '@capstan/domain'
import type { Change } from '../context.ts'
import { readMeta, writeMeta } from '../database/meta.ts'
import type { Db, Revised } from '../database/records.ts'
import { keepsOlder, sourceFacts, tellsAll } from '../facts/sources.ts'
import { factsOf, putFacts, removeFact, storedFacts } from '../facts/store.ts'
import { compareRows, stand, type Times } from '../histories/advance.ts'
import {
  emptyHead,
  type Head,
  headsOf,
  insertRows,
  isDerived,
  latestOf,
  pointOfRow,
  putHeads,
  type Row,
  removeRows,
  rowOf,
  rowsOf,
} from '../histories/store.ts'
import { forgetWindow } from '../histories/window.ts'
import { frameOf, timesOf } from './clock.ts'
import { announce } from './observe.ts'
import { askedOf, type MeasureRecord, measures } from './records.ts'

export interface Rebuilt {
  id: string
  key: string
  points: number
  added: number
  changed: number
  removed: number
}

const FRAME = 'measure-frame'
const GATHERED = 'measure-facts'

/** Facts as their sources say, and what of the stored ones is not so. */
export async function gather(
  db: Db,
  source: FactSource,
): Promise<{ facts: Fact[]; wrong: { fact: Fact; version: number }[]; gone: string[] }> {
  const stored = await storedFacts(db, source)
  const wrong: { fact: Fact; version: number }[] = []
  const facts: Fact[] = []
  for (const made of await sourceFacts(db, source)) {
    const known = stored.get(made.fact.id)
    stored.delete(made.fact.id)
    const kept = known && keepsOlder(made.fact, JSON.parse(known.body) as Fact)
    const fact = kept ?? made.fact
    facts.push(fact)
    if (!known || known.removed || known.body !== JSON.stringify(fact)) wrong.push({ ...made, fact })
  }
  const gone: string[] = []
  for (const [id, { body, removed }] of stored) {
    if (removed) continue
    if (!tellsAll[source]) facts.push(JSON.parse(body) as Fact)
    else gone.push(id)
  }
  facts.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1))
  return { facts, wrong, gone }
}

/** Writes what `gather` found. @returns how many facts were not as their source says */
export async function repair(
  db: Db,
  source: FactSource,
  { wrong, gone }: Pick<Awaited<ReturnType<typeof gather>>, 'wrong' | 'gone'>,
): Promise<number> {
  await putFacts(db, wrong)
  for (const id of gone) await removeFact(db, source, id)
  return wrong.length + gone.length
}

/** One history from all facts of its source. @param write false only compares */
export async function rebuildOne(
  db: Db,
  measure: MeasureRecord,
  query: Query,
  facts: readonly Fact[],
  times: Times,
  write: boolean,
): Promise<{ rebuilt: Rebuilt; head: Head }> {
  const inputs = facts.flatMap((fact) => inputOf(query, fact) ?? [])
  const history = replay(query, { ...times, direction: measure.direction }, inputs)
  const wanted = history.rows.map((row) => rowOf(measure.id, row))
  const stored = await rowsOf(db, measure.id)
  const { added, changed, removed } = compareRows(stored, wanted)
  const given = stored.findLast((row) => !isDerived(row))
  const head = stand({ ...emptyHead, given: given ? givenOf(given) : null }, history.rows, history, times.now)
  if (write) {
    forgetWindow(measure.id)
    await removeRows(db, measure.id, removed)
    await insertRows(db, [...added, ...changed])
    await putHeads(db, new Map([[measure.id, head]]))
  }
  const counts = { added: added.length, changed: changed.length, removed: removed.length }
  return { rebuilt: { id: measure.id, key: measure.key, points: wanted.length, ...counts }, head }
}

export const givenOf = (row: Row): NonNullable<Head['given']> => ({
  at: row.at,
  key: row.key,
  point: pointOfRow(row),
})

/** Makes the histories of these measures anew and tells those whose value moved. */
export async function rebuildThese(
  change: Change,
  wanted: readonly (MeasureRecord & Revised)[],
): Promise<Rebuilt[]> {
  const { db, at } = change
  const times = await timesOf(db, at)
  const facts = new Map<FactSource, Fact[]>()
  const heads = await headsOf(
    db,
    wanted.map(({ id }) => id),
  )
  const made: Rebuilt[] = []
  const moved: string[] = []
  for (const measure of wanted) {
    const query = askedOf(measure)
    if (query === null || measure.archived) continue
    if (!facts.has(query.of)) facts.set(query.of, await factsOf(db, query.of))
    const { rebuilt, head } = await rebuildOne(db, measure, query, facts.get(query.of)!, times, true)
    made.push(rebuilt)
    const before = JSON.stringify(latestOf(heads.get(measure.id) ?? emptyHead))
    if (before !== JSON.stringify(latestOf(head))) moved.push(measure.id)
  }
  await announce(change, moved)
  return made
}

/** Histories with windows follow the workspace's days and cycles. */
export async function followFrame(change: Change): Promise<void> {
  const frame = frameOf(await timesOf(change.db, change.at))
  if ((await readMeta<string>(change.db, FRAME)) === frame) return
  await writeMeta(change.db, FRAME, frame)
  const slid = (await measures.list(change.db)).filter((measure) => {
    const query = askedOf(measure)
    return query !== null && slides(query)
  })
  await rebuildThese(change, slid)
}

/** A workspace of an earlier version has points but no facts: both are made, and no point is lost. */
export async function gatherOnce(change: Change): Promise<void> {
  const { db } = change
  if (await readMeta<boolean>(db, GATHERED)) return
  await writeMeta(db, GATHERED, true)
  for (const source of factSources) await repair(db, source, await gather(db, source))
  const all = await measures.list(db)
  await rebuildThese(change, all)
  for (const measure of all) await dropCovered(db, measure)
}

/** Points kept from before that a fact has made again. */
async function dropCovered(db: Db, { id, query }: MeasureRecord): Promise<void> {
  const rows = await rowsOf(db, id)
  const derived = rows.filter(isDerived)
  const covered = rows.filter(
    (row) =>
      row.key.startsWith('kept:') &&
      row.origin !== 'typed' &&
      // what is made of other measures is no longer stored
      (query.source === 'margin' ||
        derived.some(
          (one) =>
            one.evidence === row.evidence &&
            Math.abs(Date.parse(one.at) - Date.parse(row.at)) < COVERED_MS &&
            one.value === row.value,
        )),
  )
  forgetWindow(id)
  await removeRows(db, id, covered)
  const given = rows.findLast((row) => !isDerived(row) && !covered.includes(row))
  const head = (await headsOf(db, [id])).get(id) ?? emptyHead
  await putHeads(db, new Map([[id, { ...head, given: given ? givenOf(given) : null }]]))
}

/** A point used to carry the instant of its transaction. */
const COVERED_MS = 60_000
