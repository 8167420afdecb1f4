/** @file The append-only, hash-chained audit log: every change, with who made it. */
import { createHash } from 'node:crypto'
import type { Activity } from '@capstan/api'
import { sql } from 'kysely'
import type { Db } from './records.ts'

export type Entry = Omit<Activity, 'seq'>
type Row = Awaited<ReturnType<typeof newest>>[number]

/** What the first entry is chained to. */
const FIRST = '0'.repeat(64)

/** Key of PostgreSQL's advisory lock on the end of the log. */
const CHAIN_LOCK = 4600

/** Makes other writers of a PostgreSQL database wait until this transaction ends. */
export async function lockChain(db: Db): Promise<void> {
  await sql`select pg_advisory_xact_lock(${CHAIN_LOCK})`.execute(db)
}

/** Appends inside the caller's transaction; the unique `previous` keeps two writers from forking the chain. */
export async function append(db: Db, entry: Entry): Promise<Activity> {
  const last = await db
    .selectFrom('audit')
    .select(['seq', 'hash'])
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  const seq = (last ? Number(last.seq) : 0) + 1
  const previous = last?.hash ?? FIRST
  const data = JSON.stringify(entry.data)
  const { at, actor, kind, noun, id: subject } = entry
  const row = { seq, at, actor, kind, noun, subject, data, previous }
  await db
    .insertInto('audit')
    .values({ ...row, hash: hashOf(row) })
    .execute()
  return { ...entry, seq }
}

/** Entries before `before` (or all), newest first. */
export async function recent(db: Db, limit: number, before?: number): Promise<Activity[]> {
  return (await newest(db, limit, before)).map(activityOf)
}

/** Entries after `after`, oldest first: what an interrupted event stream missed. */
export async function since(db: Db, after: number, limit: number): Promise<Activity[]> {
  const rows = await db
    .selectFrom('audit')
    .selectAll()
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(limit)
    .execute()
  return rows.map(activityOf)
}

/** Entries of some kinds in a time, oldest first. */
export async function entriesBetween(
  db: Db,
  kinds: readonly string[],
  from: string,
  until: string,
): Promise<Activity[]> {
  const rows = await db
    .selectFrom('audit')
    .selectAll()
    .where('kind', 'in', [...kinds])
    .where('at', '>=', from)
    .where('at', '<', until)
    .orderBy('seq')
    .execute()
  return rows.map(activityOf)
}

/** When the newest entry of a kind was made. */
export async function newestOf(db: Db, kind: string): Promise<string | null> {
  const row = await db
    .selectFrom('audit')
    .select('at')
    .where('kind', '=', kind)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.at ?? null
}

/** Where the log once ended: whoever has kept that notices when its end is cut off. */
export interface Anchor {
  entries: number
  head: string
}

export interface Verification extends Anchor {
  intact: boolean
  /** The first entry that was edited, removed or moved. */
  brokenAt: number | null
}

/** Follows entries one by one, as they are read. */
export function walkChain(anchors: readonly Anchor[] = []): {
  /** @returns false when the entry is not the one that was written there */
  step(row: Row): boolean
  end(): Verification
} {
  let at: Anchor = { entries: 0, head: FIRST }
  let broken = false
  return {
    step(row) {
      const known = anchors.find(({ entries }) => entries === row.seq)
      broken ||= !follows(row, at.entries, at.head) || (known !== undefined && known.head !== row.hash)
      if (!broken) at = { entries: row.seq, head: row.hash }
      return !broken
    },
    end() {
      const cut = anchors.some(({ entries }) => entries > at.entries)
      const intact = !broken && !cut
      return { ...at, intact, brokenAt: intact ? null : at.entries + 1 }
    },
  }
}

/**
 * Recomputes the chain. An edit, a removal or a new order in it always shows; that its end was cut off, or all of it
 * written anew, shows against an anchor.
 */
export async function verify(db: Db, anchors: readonly Anchor[] = []): Promise<Verification> {
  const walk = walkChain(anchors)
  for (let last = 0; ; ) {
    const rows = await db
      .selectFrom('audit')
      .selectAll()
      .where('seq', '>', last)
      .orderBy('seq')
      .limit(1000)
      .execute()
    for (const row of rows) if (!walk.step({ ...row, seq: Number(row.seq) })) return walk.end()
    if (rows.length === 0) return walk.end()
    last = Number(rows.at(-1)!.seq)
  }
}

/** The end of the log now. */
export async function headOf(db: Db): Promise<Anchor | null> {
  const row = await db
    .selectFrom('audit')
    .select(['seq', 'hash'])
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row ? { entries: Number(row.seq), head: row.hash } : null
}

/** The log still has the entry with which it once ended. */
export async function holds(db: Db, { entries, head }: Anchor): Promise<boolean> {
  const row = await db.selectFrom('audit').select('hash').where('seq', '=', entries).executeTakeFirst()
  return row?.hash === head
}

/** Whether an entry is the next one after so many, the last of which had this hash. */
const follows = (row: Row, entries: number, previous: string): boolean =>
  row.seq === entries + 1 && row.previous === previous && row.hash === hashOf(row)

function hashOf(row: Omit<Row, 'hash'>): string {
  const fields = [row.previous, row.seq, row.at, row.actor, row.kind, row.noun, row.subject, row.data]
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex')
}

function newest(db: Db, limit: number, before?: number) {
  const query = db.selectFrom('audit').selectAll().orderBy('seq', 'desc').limit(limit)
  return (before === undefined ? query : query.where('seq', '<', before)).execute()
}

function activityOf({ seq, at, actor, kind, noun, subject, data }: Row): Activity {
  return { seq: Number(seq), at, actor, kind, noun, id: subject, data: JSON.parse(data) }
}
