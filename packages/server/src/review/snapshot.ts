/** @file Keeps a snapshot of the whole plan: what is believed and known now. */
import type { Snapshot } from '@capstan/api'
import { trimmed } from '@capstan/domain'
import type { Change, Context } from '../context.ts'
import { type ReviewState, readState } from './state.ts'
import { type SnapshotRecord, snapshots } from './store.ts'

export async function snapshotNow(
  change: Change,
  context: Pick<Context, 'newId'>,
  cycleId: string,
  reason: Snapshot['reason'],
): Promise<SnapshotRecord> {
  const state = await readState(change.db, { cycleId, at: change.at }, { runs: reason === 'review' })
  return keepSnapshot(change, context, state, reason)
}

export async function keepSnapshot(
  change: Change,
  { newId }: Pick<Context, 'newId'>,
  { snapshot, titles, costs, simulationId }: Omit<ReviewState, 'plan'>,
  reason: Snapshot['reason'],
): Promise<SnapshotRecord> {
  const record: SnapshotRecord = {
    ...trimmed(snapshot),
    ...{ id: newId('snapshot'), reason, simulationId, titles, costs },
  }
  await snapshots.insert(change.db, record)
  await change.record('snapshot', 'taken', record.id, { reason })
  return record
}
