/** @file What MLflow's two kinds of store have in common: identities, states, times, limits. */
import { CapstanError, type LogRecord, lastInstant, logLimits } from '@capstan/api'
import { keyFits } from './tensorboard.ts'

const states: Record<string, Extract<LogRecord, { kind: 'end' }>['state']> = {
  FINISHED: 'finished',
  FAILED: 'failed',
  KILLED: 'cancelled',
}
/** Numbers that old file stores have for states. */
const statusNumbers: Record<string, string> = {
  1: 'RUNNING',
  2: 'SCHEDULED',
  3: 'FINISHED',
  4: 'FAILED',
  5: 'KILLED',
}

/** A run of MLflow keeps its identity, so that links and notes still find it. @throws {CapstanError} `import/damaged` */
export function identityOf(id: unknown, file: string): string {
  if (typeof id === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(id)) return id
  throw new CapstanError('import/damaged', {
    file,
    detail: `the run's identity is ${JSON.stringify(id)?.slice(0, 80)}`,
  })
}

export const timeOf = (value: unknown): number => {
  const time = Math.round(Number(value ?? 0))
  return Number.isSafeInteger(time) && time >= 0 && time <= lastInstant ? time : 0
}

/** A run that had not ended is lost here: nobody will log into this copy any more. */
export function endOf(status: unknown, end: unknown, start: unknown): LogRecord {
  const name = statusNumbers[String(status)] ?? String(status)
  const state = states[name]
  return {
    kind: 'end',
    at: timeOf(end ?? start),
    state: state ?? 'lost',
    reason: state === undefined ? `it was ${name} when it was imported` : '',
  }
}

/** Null when it does not fit. */
export function pairRecord(kind: 'params' | 'tags', key: string, value: string): LogRecord | null {
  const most = kind === 'params' ? logLimits.paramLength : logLimits.tagLength
  return keyFits(key) && value.length <= most ? { kind, values: { [key]: value } } : null
}
