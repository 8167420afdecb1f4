/** @file The register as the mathematics needs it: what incidents and indicators make of each risk now. */
import { createHash } from 'node:crypto'
import {
  daysBetween,
  learnedFrequency,
  type Mitigation,
  type Risk,
  type SharedCause,
  scaleFrequency,
} from '@capstan/domain'
import type { Db, Revised } from '../database/records.ts'
import { activeRisks, causes, incidents, mitigations, type RiskRecord } from './store.ts'

const daysPerYear = 365.25

/** Incidents of a risk since its frequency was estimated, and the time in which they came. */
export interface Observed {
  events: number
  years: number
  incidentIds: string[]
}

export interface Register {
  at: string
  records: (RiskRecord & Revised)[]
  observed: Map<string, Observed>
  /** The same risks, in the same order, as they are now. */
  risks: Risk[]
  adopted: Mitigation[]
  causes: SharedCause[]
}

export async function readRegister(db: Db, at: string): Promise<Register> {
  const records = await activeRisks(db)
  const observed = await observedOf(db, records, at)
  const ids = new Set(records.map(({ id }) => id))
  const keys = keysOf(records)
  return {
    at,
    records,
    observed,
    risks: records.map((record, i) => ({
      ...riskNow(record, observed.get(record.id)!),
      triggeredBy: record.triggeredBy.filter(({ riskId }) => ids.has(riskId)),
      key: keys[i]!,
    })),
    adopted: (await mitigations.list(db)).filter(
      ({ adopted, archived, riskId }) => adopted && !archived && ids.has(riskId),
    ),
    causes: await causes.list(db),
  }
}

/** So that a register stands still for a day: the same simulation gives the same numbers. */
const wholeDays = (from: string, to: string): number => Math.max(0, Math.floor(daysBetween(from, to)))

export async function observedOf(
  db: Db,
  records: readonly Pick<RiskRecord, 'id' | 'estimatedAt'>[],
  at: string,
): Promise<Map<string, Observed>> {
  const found = new Map(
    records.map(({ id, estimatedAt }): [string, Observed] => [
      id,
      { events: 0, years: wholeDays(estimatedAt, at) / daysPerYear, incidentIds: [] },
    ]),
  )
  const since = new Map(records.map(({ id, estimatedAt }) => [id, Date.parse(estimatedAt)]))
  for (const { id, riskId, state, at: happened } of await incidents.list(db)) {
    const own = riskId === null || state === 'dismissed' ? undefined : found.get(riskId)
    if (!own || Date.parse(happened) < since.get(riskId!)!) continue
    own.events += 1
    own.incidentIds.push(id)
  }
  return found
}

/** The risk as it stands: its estimate, what incidents teach, what its indicators make of it. */
export const riskNow = (
  { id, name, frequency, frequencyFactor, loss, commonCause, causes, triggeredBy }: RiskRecord,
  observed: Pick<Observed, 'events' | 'years'>,
): Risk => ({
  ...{ id, name, loss, commonCause, causes, triggeredBy },
  frequency: scaleFrequency(learnedFrequency(frequency, observed), frequencyFactor),
})

/**
 * Draws are addressed by the risk's name rather than its random id, so that the same register and seed give the same
 * losses in every workspace.
 */
const keysOf = (records: readonly { name: string }[]): string[] => {
  const seen = new Map<string, number>()
  return records.map(({ name }) => {
    const before = seen.get(name) ?? 0
    seen.set(name, before + 1)
    return `${name} ${before}`
  })
}

/**
 * What a simulation stands on, but for the passing of time: whether one of them is still that of the register as it is.
 * @param limits losses of the appetite, which are counted in the simulation
 */
export function fingerprintOf(
  { records, observed, adopted, causes }: Register,
  limits: readonly number[],
): string {
  const parts = [
    records.map(({ id, frequency, frequencyFactor, loss, commonCause, causes, triggeredBy, estimatedAt }) => [
      ...[id, frequency, frequencyFactor, loss, commonCause, causes, triggeredBy, estimatedAt],
      observed.get(id)!.events,
    ]),
    adopted.map(({ riskId, frequencyFactor, lossFactor }) => [riskId, frequencyFactor, lossFactor]),
    causes.map(({ id, volatility, correlations }) => [id, volatility, correlations]),
    limits,
  ]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
}
