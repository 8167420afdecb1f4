/** @file Risks, indicators and mitigations as they are shown: with what incidents, measures and time make of them. */
import type { Indicator, Mitigation, Risk } from '@capstan/api'
import {
  expectedEvents,
  expectedLosses,
  measureState,
  mitigated,
  type Risk as RiskNow,
  rankMitigations,
  rateInterval,
  shownState,
} from '@capstan/domain'
import type { Db, Revised } from '../database/records.ts'
import { latestNow, measures, standingOf } from '../measures/store.ts'
import { observedOf, type Register, readRegister, riskNow } from './register.ts'
import {
  type IndicatorRecord,
  indicators,
  type MitigationRecord,
  mitigations,
  type RiskRecord,
  risks,
} from './store.ts'

export async function viewRegister(db: Db, at: string): Promise<Risk[]> {
  const register = await readRegister(db, at)
  return viewsOf(register.records, register)
}

/** Archived ones beside the register: what they would be in it. */
export async function viewArchived(db: Db, at: string): Promise<Risk[]> {
  const archived = (await risks.list(db)).filter((risk) => risk.archived)
  const observed = await observedOf(db, archived, at)
  const now = archived.map((record) => ({ ...riskNow(record, observed.get(record.id)!), triggeredBy: [] }))
  return viewsOf(archived, { observed, risks: now, adopted: [] })
}

export async function viewRisk(db: Db, id: string, at: string): Promise<Risk> {
  const { archived } = await risks.get(db, id)
  const all = await (archived ? viewArchived(db, at) : viewRegister(db, at))
  return all.find((risk) => risk.id === id)!
}

function viewsOf(
  records: readonly (RiskRecord & Revised)[],
  { observed, risks: now, adopted }: Pick<Register, 'observed' | 'risks' | 'adopted'>,
): Risk[] {
  const residual = withAdopted(now, adopted)
  const [inherentAle, ale, events] = [expectedLosses(now), expectedLosses(residual), expectedEvents(residual)]
  return records.map((record, i) => {
    const { events: incidents, years } = observed.get(record.id)!
    const { frequency } = now[i]!
    return {
      ...record,
      now: {
        ...{ incidents, years, frequency, interval: rateInterval(frequency) },
        events: events.get(record.id)!,
        ale: ale.get(record.id)!,
        inherentAle: inherentAle.get(record.id)!,
      },
    }
  })
}

export const withAdopted = (
  register: readonly RiskNow[],
  adopted: readonly Pick<MitigationRecord, 'riskId' | 'frequencyFactor' | 'lossFactor'>[],
): RiskNow[] =>
  register.map((risk) => adopted.filter(({ riskId }) => riskId === risk.id).reduce(mitigated, risk))

/** Best return first; the ones that have no risk any more last. */
export async function viewMitigations(db: Db, at: string): Promise<Mitigation[]> {
  const register = await readRegister(db, at)
  const all = await mitigations.list(db)
  const views = all.map((mitigation): Mitigation => {
    const others = register.adopted.filter(({ id }) => id !== mitigation.id)
    const [ranked] = rankMitigations(withAdopted(register.risks, others), [mitigation])
    if (!ranked) return { ...mitigation, worth: null }
    const { mitigation: _, ...worth } = ranked
    return { ...mitigation, worth }
  })
  const rank = ({ worth }: Mitigation) => (worth ? (worth.returnOnCost ?? Infinity) : -Infinity)
  return views.sort((a, b) => compare(rank(b), rank(a)) || (b.worth?.saved ?? 0) - (a.worth?.saved ?? 0))
}

// two infinities have no difference
const compare = (a: number, b: number): number => (a > b ? 1 : a < b ? -1 : 0)

export async function viewMitigation(db: Db, id: string, at: string): Promise<Mitigation> {
  return (await viewMitigations(db, at)).find((one) => one.id === id)!
}

/** In one reading of the measures that they watch. */
export async function viewIndicators(db: Db, at: string): Promise<Indicator[]> {
  const all = await indicators.list(db)
  const watched = new Set(all.map(({ measureId }) => measureId))
  const known = (await measures.list(db)).filter(({ id }) => watched.has(id))
  const standing = await standingOf(db, known, at)
  const states = new Map(
    known.map(({ id, staleAfterDays }) => {
      const point = latestNow(standing, id)
      return [id, measureState(point ? [point] : [], { now: at, staleAfterDays })]
    }),
  )
  return all.map((indicator) => shown(indicator, states.get(indicator.measureId)))
}

const shown = (
  indicator: IndicatorRecord & Revised,
  state: 'live' | 'stale' | 'missing' | undefined,
): Indicator => ({ ...indicator, state: shownState(indicator.said, state ? { state } : null) })

export async function viewIndicator(db: Db, id: string, at: string): Promise<Indicator> {
  return (await viewIndicators(db, at)).find((one) => one.id === id)!
}
