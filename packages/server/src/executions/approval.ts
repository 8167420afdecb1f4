/** @file The approval of a run that would break its initiative's budget, and what follows from it. */
import { type Approval, CapstanError } from '@capstan/api'
import { runEnded } from '@capstan/domain'
import type { Change, Context } from '../context.ts'
import { members } from '../members/store.ts'
import { changeRun, getRun } from '../runs/store.ts'
import { askApproval } from '../team/ask.ts'

export async function askForBudget(
  tx: Change,
  newId: Context['newId'],
  run: { id: string; name: string; number: number },
  requestedBy: string,
): Promise<string> {
  if (!(await members.find(tx.db, requestedBy))) {
    throw new CapstanError('request/invalid', {
      detail: 'body.requestedBy: name the member who asks for the approval',
    })
  }
  const title = `${run.name} #${run.number}`
  return (await askApproval(tx, newId, { kind: 'budget', title, requestedBy, runId: run.id })).id
}

/** What follows the last vote on a run that was held: it starts, or it is cancelled. */
export async function afterRunApproval(tx: Change, approval: Approval): Promise<void> {
  if (approval.runId === null || approval.state === 'open') return
  const run = await getRun(tx.db, approval.runId)
  if (runEnded(run.state)) return
  const { name, number } = run
  if (approval.state === 'approved') {
    await changeRun(tx.db, run.id, (r) => ({ ...r, execution: { ...r.execution, approvalId: null } }))
    await tx.record('run', 'queued', run.id, { name, number, kind: run.kind, approved: approval.id })
  } else {
    await changeRun(tx.db, run.id, (r) => ({ ...r, state: 'cancelled', endedAt: tx.at }))
    await tx.record('run', 'cancelled', run.id, { name, number, rejected: approval.id })
  }
}
