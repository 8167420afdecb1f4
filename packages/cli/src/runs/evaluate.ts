/** @file The evaluation of a training run: the one there is, else a new one. */
import type { Evaluation, Run } from '@capstan/api'
import type { Connection } from '../connection.ts'
import type { Context } from '../context.ts'
import { ended, followRun } from './follow.ts'
import { requireFinished } from './report.ts'

export async function evaluationOf(
  context: Context,
  connection: Connection,
  trained: Run,
): Promise<Evaluation> {
  const { screen, say, signal } = context
  const { client } = connection
  const done = trained.evaluationId ?? (await client.runs.get({ params: { id: trained.id } })).evaluationId
  if (done !== null) return client.evaluations.get({ params: { id: done } })
  const underWay = (await client.runs.list()).find(
    (run) => run.kind === 'evaluate' && run.parentRunId === trained.id && !ended(run),
  )
  const queued = underWay ?? (await client.runs.evaluate({ params: { id: trained.id }, body: {} }))
  screen.status(say('run.evaluating'))
  const finished = await followRun(connection, queued.id, { signal })
  screen.status('')
  requireFinished(finished, context)
  return connection.client.evaluations.get({ params: { id: finished.evaluationId! } })
}
