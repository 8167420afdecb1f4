/** @file Reminds of the review when a cycle's end has passed: an entry in the audit log that listeners follow. */
import { reminderOf } from '@capstan/domain'
import type { Context } from '../context.ts'
import type { Db } from '../database/records.ts'
import { type Repeated, repeat } from '../repeat.ts'
import { reviews } from '../review/store.ts'
import { cycles, openCycle } from './store.ts'

const LOOK_MS = 15_000

export const remindOfReviews = (context: Context): Repeated =>
  repeat(context.log, LOOK_MS, () => remindOnce(context))

export async function remindOnce({ db, change, now }: Pick<Context, 'db' | 'change' | 'now'>): Promise<void> {
  if (!(await reminderNow(db, now().toISOString()))) return
  await change('capstan', async ({ db: tx, at, record }) => {
    // another process on the same database may have been first
    const due = await reminderNow(tx, at)
    if (!due) return
    const { id, number, name, end } = due.cycle
    await cycles.change(tx, id, (c) => ({ ...c, remindedAt: at }))
    await record('cycle', due.reminder, id, { number, name, end })
  })
}

async function reminderNow(db: Db, at: string) {
  const cycle = await openCycle(db)
  if (!cycle) return null
  const reviewedAt = await lastReview(db, cycle.id)
  const reminder = reminderOf({ end: cycle.end, reviewedAt, remindedAt: cycle.remindedAt ?? null }, at)
  return reminder && { cycle, reminder }
}

/** When the newest review was taken, if it was one of this cycle. */
export async function lastReview(db: Db, cycleId: string): Promise<string | null> {
  const [newest] = await reviews.newest(db, 1)
  return newest?.cycleId === cycleId ? newest.at : null
}
