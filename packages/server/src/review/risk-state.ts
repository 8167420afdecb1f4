/** @file The risks as a review sees them: their estimates, what was observed, what indicators say, what is planned against them. */
import { type Evidence, expectedLosses, type Plan, type Snapshot as PlanState } from '@capstan/domain'
import type { Db } from '../database/records.ts'
import { latestNow, measures, standingOf } from '../measures/store.ts'
import { observedOf, riskNow } from '../risk/register.ts'
import { activeRisks, mitigations } from '../risk/store.ts'
import { viewIndicators, withAdopted } from '../risk/view.ts'

/** Estimates as people made them: what incidents teach is a proposal of the review. */
export async function plannedRisks(db: Db): Promise<Pick<Plan, 'risks' | 'mitigations'>> {
  const active = await activeRisks(db)
  const ids = new Set(active.map(({ id }) => id))
  return {
    risks: active.map((risk) => {
      const { id, name, frequency, frequencyFactor, loss, commonCause, causes, triggeredBy } = risk
      return { id, name, frequency, factor: frequencyFactor, loss, commonCause, causes, triggeredBy }
    }),
    mitigations: (await mitigations.list(db))
      .filter(({ archived, riskId }) => !archived && ids.has(riskId))
      .map(({ id, name, riskId, frequencyFactor, lossFactor, annualCost, adopted }) => ({
        ...{ id, name, riskId, frequencyFactor, lossFactor, annualCost, adopted },
      })),
  }
}

/** Quiet time is told from a month on: before that it says nothing. */
const tellingYears = 1 / 12

export async function riskStates(db: Db, at: string): Promise<PlanState['risks']> {
  const indicators = await viewIndicators(db, at)
  const worst = new Map<string, (typeof indicators)[number]>()
  for (const indicator of indicators) {
    const known = worst.get(indicator.riskId)
    if (!known || severity[indicator.state] > severity[known.state]) worst.set(indicator.riskId, indicator)
  }
  const watched = new Set(indicators.map(({ measureId }) => measureId))
  const standing = await standingOf(
    db,
    (await measures.list(db)).filter(({ id }) => watched.has(id)),
    at,
  )
  const active = await activeRisks(db)
  const observed = await observedOf(db, active, at)
  const adopted = (await mitigations.list(db)).filter((one) => one.adopted && !one.archived)
  const estimated = active.map((risk) => riskNow(risk, { events: 0, years: 0 }))
  const losses = expectedLosses(withAdopted(estimated, adopted))
  return active.map(({ id, name, frequency }) => {
    const own = worst.get(id)
    const measure = own && standing.records.get(own.measureId)
    const last = own && latestNow(standing, own.measureId)
    const { events, years, incidentIds } = observed.get(id)!
    return {
      ...{ id, name, frequency, ale: losses.get(id)! },
      ...(events > 0 || years >= tellingYears
        ? { observed: { events, years, evidence: incidentIds.map(incidentEvidence) } }
        : {}),
      indicator: own
        ? {
            measureName: measure?.name ?? '',
            ...(measure ? { unit: measure.unit, scale: measure.scale } : {}),
            value: own.value,
            state: own.state,
            evidence: last ? [last.evidence as Evidence] : [],
          }
        : null,
    }
  })
}

const severity = { red: 4, amber: 3, stale: 2, green: 1, unknown: 0 } as const

const incidentEvidence = (id: string): Evidence => ({ noun: 'incident', id })
