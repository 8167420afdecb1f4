/** @file Logging sessions: how far each has come. */
import type { Db } from '../database/records.ts'

export interface SessionRow {
  id: string
  run: number
  run_id: string
  applied: number
}

/** Other batches of the same session wait until the transaction ends. */
export async function lockSession(db: Db, id: string, forUpdate: boolean): Promise<SessionRow | null> {
  let query = db.selectFrom('log_sessions').select(['id', 'run', 'run_id', 'applied']).where('id', '=', id)
  if (forUpdate) query = query.forUpdate()
  const row = await query.executeTakeFirst()
  return row ? { ...row, run: Number(row.run), applied: Number(row.applied) } : null
}

/** @returns false when another request has opened it in the meantime */
export async function insertSession(db: Db, row: SessionRow, at: number): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('log_sessions')
    .values({ ...row, at })
    .onConflict((c) => c.column('id').doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}

export async function advanceSession(db: Db, id: string, applied: number, at: number): Promise<void> {
  await db.updateTable('log_sessions').set({ applied, at }).where('id', '=', id).execute()
}

export async function tagOf(db: Db, run: number, key: string): Promise<string | null> {
  const row = await db
    .selectFrom('run_tags')
    .select('value')
    .where('run', '=', run)
    .where('key', '=', key)
    .executeTakeFirst()
  return row?.value ?? null
}
