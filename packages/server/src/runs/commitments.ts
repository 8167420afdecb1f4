/** @file What runs under way still hold of their initiatives' compute budgets. */
import type { Db } from '../database/records.ts'
import { computePools } from '../resources/store.ts'
import { secondsOf } from '../resources/units.ts'
import { listRuns } from './store.ts'

/** Amounts in the pool's unit, by `initiative pool`. */
export async function committedCompute(db: Db): Promise<Map<string, number>> {
  const poolOf = await computePools(db)
  const held = new Map<string, number>()
  for (const state of ['queued', 'running'] as const) {
    for (const run of await listRuns(db, { state })) {
      if (run.initiativeId === null || run.estimatedSeconds === null) continue
      const pool = poolOf(run.initiativeId)
      if (!pool) return held
      const key = `${run.initiativeId} ${pool.id}`
      const left = Math.max(0, run.estimatedSeconds - run.chargedSeconds) / secondsOf(pool.unit)
      held.set(key, (held.get(key) ?? 0) + left)
    }
  }
  return held
}
