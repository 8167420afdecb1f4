/** @file What risks propose: frequencies that incidents or indicators moved, and mitigations that pay. */
import { quantity } from '../measures/measure.ts'
import { message } from '../messages/message.ts'
import { learnedFrequency, scaleFrequency, updateFrequency } from '../risk/frequency.ts'
import { alarmFactor, calmFactor } from '../risk/indicator.ts'
import { rankMitigations } from '../risk/mitigation.ts'
import { meanRate } from '../risk/risk.ts'
import { riskNow } from './apply.ts'
import type { Plan } from './plan.ts'
import type { Proposal } from './proposal.ts'
import { make } from './resolved-rules.ts'
import type { RiskSnapshot, Snapshot } from './snapshot.ts'

/** Incidents outweigh an indicator: they are what it only announces. */
export const changeRisks = (before: Snapshot, after: Snapshot): Proposal[] =>
  after.risks.flatMap((risk) => byIncidents(risk) ?? byIndicator(before, risk) ?? [])

/** Gamma-Poisson, once incidents moved the mean by a tenth or more. */
const byIncidents = ({ id, name, frequency, ale, observed }: RiskSnapshot): Proposal | null => {
  if (!observed || observed.events === 0) return null
  const { events, years, evidence } = observed
  const to = updateFrequency(frequency, { events, years })
  const factor = meanRate(to) / meanRate(frequency)
  if (Math.abs(Math.log(factor)) < 0.1) return null
  const values = { name, from: meanRate(frequency), to: meanRate(to) }
  return make({ kind: 'change-risk', riskId: id, from: frequency, to }, id, {
    title: factor < 1 ? message('proposal.risk.lower', values) : message('proposal.risk.raise', values),
    reason: message('proposal.risk.incidents', {
      ...{ events, days: years * 365.25, expected: meanRate(frequency) * years },
    }),
    evidence,
    effect: message('proposal.risk.effect', { before: ale, after: ale * factor }),
  })
}

/** An indicator that turned green by measurement calms its risk's estimate; one that stays red raises it. */
const byIndicator = (before: Snapshot, risk: RiskSnapshot): Proposal | null => {
  const { id, name, ale, indicator, observed } = risk
  const factor = indicatorFactor(before.risks.find((earlier) => earlier.id === id) ?? null, risk)
  if (factor === null || indicator === null || indicator.value === null) return null
  // a new estimate starts the observation anew, so it takes in what has been observed until now
  const frequency = observed ? learnedFrequency(risk.frequency, observed) : risk.frequency
  const to = scaleFrequency(frequency, factor)
  const values = { name, from: meanRate(frequency), to: meanRate(to) }
  return make({ kind: 'change-risk', riskId: id, from: risk.frequency, to }, id, {
    title: factor < 1 ? message('proposal.risk.lower', values) : message('proposal.risk.raise', values),
    reason: message('proposal.risk.reason', {
      measure: indicator.measureName,
      state: indicator.state,
      value: quantity(indicator.value, indicator),
    }),
    evidence: indicator.evidence,
    effect: message('proposal.risk.effect', { before: ale, after: ale * factor }),
  })
}

const indicatorFactor = (before: RiskSnapshot | null, { indicator }: RiskSnapshot): number | null => {
  if (!indicator || indicator.evidence.length === 0) return null
  const then = before?.indicator?.state ?? 'unknown'
  if (indicator.state === 'green' && then !== 'green') return calmFactor
  return indicator.state === 'red' && then === 'red' ? alarmFactor : null
}

/** How many mitigations a review puts forward. */
const most = 3

/** Mitigations that save more than they cost, best return first. */
export const mitigationProposals = (plan: Plan): Proposal[] => {
  const risks = plan.risks.map((risk) => riskNow(plan, risk))
  const open = plan.mitigations.filter(({ adopted }) => !adopted)
  return rankMitigations(risks, open)
    .filter(({ worthIt }) => worthIt)
    .slice(0, most)
    .map(({ mitigation: { id, name, riskId, annualCost }, aleBefore, aleAfter, saved }) => {
      const risk = risks.find((other) => other.id === riskId)!.name
      return make({ kind: 'adopt-mitigation', mitigationId: id }, id, {
        title: message('proposal.mitigate.title', { name }),
        reason: message('proposal.mitigate.reason', { risk, saved, cost: annualCost }),
        evidence: [{ noun: 'risk', id: riskId }],
        effect: message('proposal.risk.effect', { before: aleBefore, after: aleAfter }),
      })
    })
}
