/** @file The track record of all turns, from the snapshots that each cycle left. */
import type { TrackRecord } from '@capstan/api'
import { trackRecord, turnRecord } from '@capstan/domain'
import { cycles } from '../cycles/store.ts'
import type { Db } from '../database/records.ts'
import { decisions } from '../team/store.ts'
import { snapshots } from './store.ts'

/** Every cycle with a plan and a review; what it predicted first counts, and what its last review found. */
export async function readHistory(db: Db): Promise<TrackRecord> {
  const known = new Map((await cycles.list(db)).map((cycle) => [cycle.id, cycle]))
  const all = await snapshots.list(db)
  const scored = new Map<string, number[]>()
  for (const { cycleId, score } of await decisions.list(db)) {
    if (score?.rule === 'brier') scored.set(cycleId, [...(scored.get(cycleId) ?? []), score.value])
  }
  const turns = [...known.values()].flatMap((cycle) => {
    const own = all.filter(({ cycleId }) => cycleId === cycle.id)
    const plan = own.find(({ reason }) => reason === 'plan')
    const end = own.findLast(({ reason }) => reason === 'review')
    return plan && end ? [turnRecord(plan, end, cycle.state === 'closed', scored.get(cycle.id))] : []
  })
  const { trends } = trackRecord(turns)
  return {
    trends,
    turns: turns.map((turn) => {
      const { number, name } = known.get(turn.cycleId)!
      return { ...turn, number, name }
    }),
  }
}
