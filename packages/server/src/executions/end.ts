/** @file How a command's run ends: finished, tried again, or failed with the reason. */
import type { Ending } from '@capstan/api'
import {
  backOffSeconds,
  type CommandEnding,
  endingMessage,
  exitCodeOf,
  leaseUntil,
  mayRetry,
  message,
} from '@capstan/domain'
import type { Change } from '../context.ts'
import { changeRun, type RunRecord } from '../runs/store.ts'

/** @param run as it stands, with what this attempt cost */
export async function endCommand(tx: Change, run: RunRecord, ending: Ending): Promise<RunRecord> {
  const known = ending as CommandEnding
  const { id, name, number, attempt, execution, cost } = run
  const exitCode = exitCodeOf(known)
  const error = endingMessage(known, {
    program: execution.command?.[0]?.slice(0, 200) ?? '',
    detail: ending.detail ?? '',
    limit:
      { 'out-of-memory': execution.memoryBytes, 'over-amount': execution.maxAmount }[ending.kind as string] ??
      execution.wallSeconds ??
      0,
    memory: ending.bytes ?? 0,
  })
  if (error === null) {
    const done = await changeRun(
      tx.db,
      id,
      (r) => ({
        ...r,
        cost,
        chargedSeconds: run.chargedSeconds,
        state: 'finished',
        worker: null,
        error: null,
        endedAt: tx.at,
        execution: { ...r.execution, exitCode },
      }),
      null,
    )
    await tx.record('run', 'finished', id, {
      name,
      number,
      kind: 'command',
      cost: cost.amount,
      seconds: cost.wallSeconds,
    })
    return done
  }
  const failures = execution.failures + 1
  const again = mayRetry(known) && failures <= execution.retries
  const notBefore = again ? leaseUntil(tx.at, backOffSeconds(failures)) : null
  const left = execution.retries - failures
  const failed = await changeRun(
    tx.db,
    id,
    (r) => ({
      ...r,
      cost,
      chargedSeconds: run.chargedSeconds,
      state: again ? 'queued' : 'failed',
      worker: null,
      error: again ? message('command.retry', { attempt, code: exitCode, at: notBefore!, left }) : error,
      endedAt: again ? null : tx.at,
      notBefore,
      execution: { ...r.execution, exitCode, failures },
    }),
    null,
  )
  const kind = again ? 'retried' : 'failed'
  await tx.record('run', kind, id, { name, number, message: error, attempt, cost: cost.amount, notBefore })
  return failed
}
