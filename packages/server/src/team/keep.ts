/** @file Keeps a team's work up with time: approvals that end, and telling people what is late. */
import type { Context } from '../context.ts'
import type { Db } from '../database/records.ts'
import { tell } from '../notices/recorded.ts'
import { tellOnce, wasTold } from '../notices/store.ts'
import { type Repeated, repeat } from '../repeat.ts'
import { expireApprovals } from './approvals.ts'
import { lateThings } from './late.ts'
import { approvals } from './store.ts'

const LOOK_MS = 5000

export const keepTeam = (context: Context): Repeated => repeat(context.log, LOOK_MS, () => lookOnce(context))

/** Everything that time alone has changed. */
export async function lookOnce({
  db,
  change,
  newId,
  now,
}: Pick<Context, 'db' | 'change' | 'newId' | 'now'>): Promise<void> {
  const at = now().toISOString()
  const late = (await approvals.newest(db)).some(
    ({ state, expiresAt }) => state === 'open' && expiresAt !== null && expiresAt <= at,
  )
  if (late) await change('capstan', expireApprovals)
  const news = await untold(db, at)
  if (news.length === 0) return
  await change('capstan', async (tx) => {
    // another process on the same database may have been first
    for (const { key, told } of news) if (await tellOnce(tx, key)) await tell(tx, newId, told)
  })
}

async function untold(db: Db, at: string) {
  const all = await lateThings(db, at)
  const known = await wasTold(
    db,
    all.map(({ key }) => key),
  )
  return all.filter(({ key }) => !known.has(key))
}
