/** @file Queues the run of a trial: a command with its values filled in, or built-in training. */
import { CapstanError, refusedError, TrainParameters } from '@capstan/api'
import {
  commandOf,
  message,
  type NextTrial,
  planRefusal,
  type TrialValues,
  templateRefusal,
} from '@capstan/domain'
import type { Change, Context } from '../context.ts'
import { queueCommand } from '../executions/routes.ts'
import { queueTraining } from '../runs/routes.ts'
import { changeRun, type RunRecord } from '../runs/store.ts'
import { setParams, setTags } from '../tracking/store.ts'
import type { SweepRecord } from './store.ts'

type Wanted = Pick<SweepRecord, 'plan' | 'subject'>

/** @throws {CapstanError} `request/refused` with the reason, `request/invalid` */
export function refuseSweep({ plan, subject }: Wanted): void {
  const resource = plan.halving?.parameter ?? null
  const refusal =
    planRefusal(plan) ??
    (subject.kind === 'command' ? templateRefusal(subject.input.command, plan.space, resource) : null)
  if (refusal) throw refusedError(refusal)
  if (subject.kind !== 'train') return
  const known = Object.keys(TrainParameters.shape)
  const unknown = [...Object.keys(plan.space), ...(resource ? [resource] : [])].find(
    (n) => !known.includes(n),
  )
  if (unknown !== undefined)
    throw refusedError(message('sweep.train.unknown', { name: unknown, known: known.join(', ') }))
  // the corners of the space, before a single run is made of it
  for (const [name, parameter] of Object.entries(plan.space)) {
    const ends = parameter.type === 'choice' ? parameter.values : [parameter.low, parameter.high]
    for (const value of ends) trainParameters(subject.parameters, { [name]: value })
  }
}

export async function startTrial(
  tx: Change,
  { newId }: Context,
  sweep: SweepRecord,
  trial: NextTrial,
): Promise<RunRecord> {
  const { plan, subject } = sweep
  const resource = plan.halving?.parameter ?? null
  const values: TrialValues =
    resource === null || trial.resource === null
      ? trial.values
      : { ...trial.values, [resource]: trial.resource }
  const name = `${sweep.name} #${trial.number}`.slice(-200)
  const tags = { 'capstan.sweep': sweep.id, 'capstan.trial': String(trial.number) }
  const texts = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]))
  if (subject.kind === 'command') {
    const { input } = subject
    return queueCommand(
      tx,
      newId,
      {
        ...input,
        name,
        command: commandOf(input.command, plan.space, values),
        parameters: { ...input.parameters, ...texts },
        variables: { ...input.variables, ...variablesOf(texts) },
        tags: { ...input.tags, ...tags },
      },
      sweep.createdBy,
    )
  }
  const { designId, datasetVersionId, initiativeId } = subject
  const parameters = trainParameters(subject.parameters, values)
  const run = await queueTraining(tx, newId, { name, designId, datasetVersionId, initiativeId, parameters })
  await setParams(
    tx.db,
    run.number,
    Object.entries(texts).map(([key, value]) => ({ key, value })),
  )
  await setTags(
    tx.db,
    run.number,
    Object.entries(tags).map(([key, value]) => ({ key, value })),
  )
  return changeRun(tx.db, run.id, (r) => r)
}

/** For commands that read their environment instead of their words: `CAPSTAN_PARAM_LR`. */
const variablesOf = (texts: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(texts).map(([key, value]) => [
      `CAPSTAN_PARAM_${key.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`,
      value,
    ]),
  )

/** @throws {CapstanError} `request/invalid` naming the parameter */
function trainParameters(base: TrainParameters, values: TrialValues): TrainParameters {
  const parsed = TrainParameters.safeParse({ ...base, ...values })
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]!
  throw new CapstanError('request/invalid', {
    detail: `body.plan.space.${issue.path.join('.')}: ${issue.message}`,
  })
}
