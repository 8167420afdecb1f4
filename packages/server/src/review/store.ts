/** @file Snapshots of the plan, reviews and their proposals. */
import type { Proposal, Review, Snapshot } from '@capstan/api'
import { type Beta, objectiveChance, type Snapshot as PlanState } from '@capstan/domain'
import { type Db, recordStore } from '../database/records.ts'

/** The plan as the review's mathematics needs it, kept whole. */
export interface SnapshotRecord extends PlanState {
  id: string
  reason: Snapshot['reason']
  simulationId: string | null
  /** Of the key results, by their id. */
  titles: Record<string, string>
  /** What each budget had cost by then, by `initiative pool`. */
  costs: Record<string, number>
}
export type ReviewRecord = Omit<Review, 'before' | 'after' | 'proposals'> & {
  beforeId: string
  afterId: string
}

export const snapshots = recordStore<SnapshotRecord>('snapshots', 'snapshot')
export const reviews = recordStore<ReviewRecord>('reviews', 'review')
export const proposals = recordStore<Proposal>('proposals', 'proposal')

export const meanOf = ({ alpha, beta }: Beta): number => alpha / (alpha + beta)

export function viewSnapshot(record: SnapshotRecord): Snapshot {
  const { chance, bounds } = objectiveChance(record.keyResults.map(({ forecast }) => forecast))
  const { id, cycleId, at, reason, simulationId, lossProfile } = record
  return {
    ...{ id, cycleId, at, reason },
    objectiveChance: chance === null || bounds === null ? null : { chance, interval: bounds },
    keyResults: record.keyResults.map(({ id, name, target, points, forecast }) => ({
      id,
      title: record.titles[id] ?? name,
      target,
      value: points.at(-1)?.value ?? null,
      chance: forecast.chance,
    })),
    budgets: record.budgets.map(({ initiativeId, poolId, budget, spent }) => ({
      initiativeId,
      poolId,
      amount: budget,
      used: spent,
      cost: record.costs[`${initiativeId} ${poolId}`] ?? 0,
    })),
    initiatives: record.initiatives.map(({ id, name, state, chance }) => ({
      id,
      name,
      state,
      chance: meanOf(chance),
    })),
    risk:
      lossProfile && simulationId ? { simulationId, ale: lossProfile.ale, var95: lossProfile.var95 } : null,
    risks: record.risks.map(({ id, name, frequency }) => ({
      id,
      name,
      frequency: 'rate' in frequency ? frequency.rate : frequency.alpha / frequency.beta,
    })),
  }
}

export async function viewReview(db: Db, record: ReviewRecord): Promise<Review> {
  return (await viewReviews(db, [record]))[0]!
}

/** In as many queries for all of them as for one. */
export async function viewReviews(db: Db, records: readonly ReviewRecord[]): Promise<Review[]> {
  const all = await proposals.list(db)
  const ids = [...new Set(records.flatMap(({ beforeId, afterId }) => [beforeId, afterId]))]
  const rows =
    ids.length === 0
      ? []
      : await db.selectFrom('snapshots').select(['id', 'body']).where('id', 'in', ids).execute()
  const seen = new Map(rows.map(({ id, body }) => [id, viewSnapshot(JSON.parse(body))]))
  return records.map(({ beforeId, afterId, ...rest }) => ({
    ...rest,
    before: seen.get(beforeId)!,
    after: seen.get(afterId)!,
    proposals: all.filter(({ reviewId }) => reviewId === rest.id),
  }))
}

/** The newest snapshot of a cycle, and that of its plan: seldom far back, so most are never read. */
export async function cycleSnapshots(
  db: Db,
  cycleId: string | undefined,
): Promise<{ plan: SnapshotRecord | undefined; newest: SnapshotRecord | undefined }> {
  for (const limit of [8, 64, 4096]) {
    const own = (await snapshots.newest(db, limit)).filter((snapshot) => snapshot.cycleId === cycleId)
    const plan = own.find(({ reason }) => reason === 'plan')
    if (plan) return { plan, newest: own[0] }
  }
  return { plan: undefined, newest: undefined }
}

export async function openProposals(db: Db): Promise<Proposal[]> {
  return (await proposals.list(db)).filter(({ state }) => state === 'open')
}
