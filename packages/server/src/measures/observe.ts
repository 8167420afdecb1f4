/** @file Turns what happened into facts, and moves the measures that fold them with all that hangs on those. */
import type { DatasetVersion, Evaluation, LatencyWindow, LedgerEntry, Point, Task } from '@capstan/api'
import { type Fact, type FactSource, inputOf } from '@capstan/domain'
import type { Change } from '../context.ts'
import type { Db } from '../database/records.ts'
import {
  datasetFact,
  endpointFact,
  evaluationFact,
  type IncidentFacts,
  incidentFact,
  ledgerFact,
  runFacts,
  taskFact,
} from '../facts/read.ts'
import { findFact, loggedOf, putFacts, removeFact } from '../facts/store.ts'
import { advance } from '../histories/advance.ts'
import {
  emptyHead,
  type Head,
  headsOf,
  insertRows,
  latestOf,
  putHeads,
  type Row,
} from '../histories/store.ts'
import { indicators } from '../risk/store.ts'
import { watchRisks } from '../risk/watch.ts'
import type { RunRecord } from '../runs/store.ts'
import { timesOf } from './clock.ts'
import { askedOf, type MeasureRecord, madeOf, measures } from './records.ts'
import { latestNow, standingOf } from './store.ts'

/** Something that happened, or changed; the same one again takes the place of what was known of it. */
export type Observation =
  | { source: 'run'; run: RunRecord }
  | {
      source: 'evaluation'
      evaluation: Evaluation
      datasetId: string
      run: Pick<RunRecord, 'initiativeId' | 'experimentId'> | null
    }
  | {
      source: 'endpoint'
      endpoint: { id: string; name: string; modelName: string }
      window: LatencyWindow
      /** Standard errors of the percentiles. */
      errors?: Partial<Record<'p50' | 'p95' | 'p99', number>>
    }
  /** `burn`: share of the initiative's budget that was used after this entry. */
  | { source: 'ledger'; entry: LedgerEntry; burn?: number }
  | { source: 'dataset'; version: DatasetVersion; name: string }
  | { source: 'task'; task: Task }
  | { source: 'incident'; incident: IncidentFacts }

/** Adds the points in the caller's transaction, so that what happened and its measures are saved together. */
export async function observe(change: Change, observation: Observation): Promise<void> {
  const fact = await factOf(change.db, observation)
  await take(change, fact.source, fact.id, fact)
}

/** What was deleted gives no points. */
export async function forget(change: Change, source: FactSource, id: string): Promise<void> {
  await take(change, source, id, null)
}

async function factOf(db: Db, seen: Observation): Promise<Fact> {
  switch (seen.source) {
    case 'run':
      return (await runFacts(db, [seen.run]))[0]!
    case 'evaluation':
      return evaluationFact(seen.evaluation, seen)
    case 'endpoint':
      return endpointFact(seen.endpoint, seen.window, seen.errors)
    case 'ledger':
      return ledgerFact(seen.entry, seen.burn)
    case 'dataset':
      return datasetFact(seen.version, seen.name)
    case 'task':
      return taskFact(seen.task)
    case 'incident':
      return incidentFact(seen.incident)
  }
}

async function take(change: Change, source: FactSource, id: string, fact: Fact | null): Promise<void> {
  const { db, at } = change
  const old = await findFact(db, source, id)
  if (fact) {
    const version = source === 'run' ? ((await loggedOf(db, [id])).get(id) ?? 0) : 0
    await putFacts(db, [{ fact, version }])
  } else if (old) await removeFact(db, source, id)
  if (JSON.stringify(old) === JSON.stringify(fact)) return

  const all = await measures.list(db)
  const touched = all.flatMap((measure) => {
    const query = measure.archived ? null : askedOf(measure)
    if (query?.of !== source) return []
    const before = old && inputOf(query, old)
    const after = fact && inputOf(query, fact)
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ measure, query, before, after }]
  })
  if (touched.length === 0) return
  const times = await timesOf(db, at)
  const heads = await headsOf(
    db,
    touched.map(({ measure }) => measure.id),
  )
  const after = new Map<string, Head>()
  const rows: Row[] = []
  for (const { measure, query, ...moved } of touched) {
    const asked = { id: measure.id, query, direction: measure.direction }
    const made = await advance(db, asked, heads.get(measure.id) ?? emptyHead, times, moved)
    after.set(measure.id, made.head)
    for (const row of made.rows) rows.push(row)
  }
  await insertRows(db, rows)
  await putHeads(db, after)
  const shown = (known: ReadonlyMap<string, Head>, id: string) =>
    JSON.stringify(latestOf(known.get(id) ?? emptyHead))
  const moved = touched.filter(({ measure: { id } }) => shown(heads, id) !== shown(after, id))
  await announce(
    change,
    moved.map(({ measure }) => measure.id),
    all,
  )
}

/** Tells what measures say now, and those made of them, and the risk indicators that watch them. */
export async function announce(
  change: Change,
  ids: readonly string[],
  known?: Awaited<ReturnType<typeof measures.list>>,
): Promise<void> {
  if (ids.length === 0) return
  const all = known ?? (await measures.list(change.db))
  const byId = new Map(all.map((measure) => [measure.id, measure]))
  const wanted = withFollowers(ids, all).flatMap((id) => byId.get(id) ?? [])
  const standing = await standingOf(change.db, wanted, change.at)
  const watched = new Set((await indicators.list(change.db)).map(({ measureId }) => measureId))
  for (const measure of wanted) {
    const point = latestNow(standing, measure.id)
    if (point) await tell(change, measure, point)
    if (watched.has(measure.id)) await watchRisks(change, measure, point)
  }
}

async function tell(change: Change, measure: MeasureRecord, point: Point): Promise<void> {
  const { id, key, name, unit } = measure
  const { value, origin, evidence } = point
  await change.record('measure', 'moved', id, { key, name, unit, value, origin, evidence })
}

/** The measures given, then those made of them, each once. */
function withFollowers(ids: readonly string[], all: readonly MeasureRecord[]): string[] {
  const order = [...new Set(ids)]
  const seen = new Set(order)
  for (let i = 0; i < order.length; i++) {
    for (const { id, query, archived } of all) {
      if (archived || seen.has(id) || !madeOf(query).includes(order[i]!)) continue
      seen.add(id)
      order.push(id)
    }
  }
  return order
}
