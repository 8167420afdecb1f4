/** @file What runs under way still hold of their initiatives' compute budgets. */
import type { Db } from '../database/records.ts'
import { pools } from '../resources/store.ts'
import { secondsOf } from '../resources/units.ts'
import { listRuns } from './store.ts'

/** Amounts in the pool's unit, by `initiative pool`. */
export async function committedCompute(db: Db): Promise<Map<string, number>> {
  const pool = (await pools.list(db)).find(({ kind }) => kind === 'compute')
  const held = new Map<string, number>()
  if (!pool) return held
  for (const state of ['queued', 'running'] as const) {
    for (const run of await listRuns(db, { state })) {
      if (run.initiativeId === null || run.estimatedSeconds === null) continue
      const key = `${run.initiativeId} ${pool.id}`
      const left = Math.max(0, run.estimatedSeconds - run.chargedSeconds) / secondsOf(pool.unit)
      held.set(key, (held.get(key) ?? 0) + left)
    }
  }
  return held
}
