/** @file What changed between two snapshots: key results, budgets, risks, and decisions that came true. */
import { quantity } from '../measures/measure.ts'
import { latest } from '../measures/state.ts'
import { type Message, message } from '../messages/message.ts'
import { atCompletion } from '../resources/budget.ts'
import { meanRate } from '../risk/risk.ts'
import { brier, crps } from './scores.ts'
import type { DecisionSnapshot, KeyResultSnapshot, Snapshot } from './snapshot.ts'

export type KeyResultChange = {
  keyResultId: string
  valueBefore: number | null
  valueAfter: number | null
  chanceBefore: number | null
  chanceAfter: number | null
  message: Message
}

export const keyResultChanges = (before: Snapshot, after: Snapshot): KeyResultChange[] =>
  after.keyResults.map((now) => {
    const then = before.keyResults.find(({ id }) => id === now.id)
    const valueBefore = (then && latest(then.points)?.value) ?? null
    const valueAfter = latest(now.points)?.value ?? null
    return {
      keyResultId: now.id,
      valueBefore,
      valueAfter,
      chanceBefore: then?.forecast.chance ?? null,
      chanceAfter: now.forecast.chance,
      message: keyResultMessage(now, valueBefore, valueAfter),
    }
  })

const keyResultMessage = (
  keyResult: KeyResultSnapshot,
  before: number | null,
  after: number | null,
): Message => {
  const { name } = keyResult
  if (after === null) return message('review.keyResult.none', { name })
  const values = { name, target: quantity(keyResult.target, keyResult) }
  const value = quantity(after, keyResult)
  if (before === null) return message('review.keyResult.first', { ...values, value })
  return before === after
    ? message('review.keyResult.same', { ...values, value })
    : message('review.keyResult.moved', { ...values, before: quantity(before, keyResult), after: value })
}

export type BudgetChange = {
  initiativeId: string
  poolId: string
  spentBefore: number
  spentAfter: number
  /** Forecast of the whole spending; null when no work is done yet. */
  atCompletion: number | null
  message: Message
}

export const budgetChanges = (before: Snapshot, after: Snapshot): BudgetChange[] =>
  after.budgets.map((now) => {
    const then = before.budgets.find(
      (other) => other.initiativeId === now.initiativeId && other.poolId === now.poolId,
    )
    return {
      initiativeId: now.initiativeId,
      poolId: now.poolId,
      spentBefore: then?.spent ?? 0,
      spentAfter: now.spent,
      atCompletion: atCompletion(now.spent, now.done),
      message: message('review.budget', {
        name: nameOf(after, now.initiativeId),
        spent: now.spent,
        budget: now.budget,
        unit: now.unit,
        pool: now.poolName,
      }),
    }
  })

export const nameOf = (snapshot: Snapshot, initiativeId: string): string =>
  snapshot.initiatives.find(({ id }) => id === initiativeId)?.name ?? initiativeId

/** How the runs of the cycle went, against what they were estimated to take. */
export const runsMessage = ({ runs }: Snapshot): Message[] => {
  if (!runs || runs.ended === 0) return []
  const { ended, finished, failed, estimated, predictedSeconds, actualSeconds, cost } = runs
  return [
    message('review.runs', { ended, finished, failed, cost }),
    ...(estimated > 0 && predictedSeconds > 0
      ? [
          message('review.runTime', {
            ...{ estimated, predicted: predictedSeconds / 60, actual: actualSeconds / 60 },
            factor: actualSeconds / predictedSeconds,
          }),
        ]
      : []),
  ]
}

export type RiskChange = { riskId: string; aleBefore: number | null; aleAfter: number; message: Message }

export const riskChanges = (before: Snapshot, after: Snapshot): RiskChange[] =>
  after.risks.map(({ id, name, ale, observed, frequency }) => {
    const then = before.risks.find((risk) => risk.id === id)
    return {
      riskId: id,
      aleBefore: then?.ale ?? null,
      aleAfter: ale,
      message: observed
        ? message('review.risk.observed', {
            ...{ name, events: observed.events, expected: meanRate(frequency) * observed.years },
            after: ale,
          })
        : then === undefined || then.ale === ale
          ? message('review.risk.same', { name, after: ale })
          : message('review.risk.moved', { name, before: then.ale, after: ale }),
    }
  })

export type DecisionScore = {
  decisionId: string
  /** Both are losses: 0 is perfect. CRPS is in the unit of the value. */
  rule: 'brier' | 'crps'
  score: number
  message: Message
}

/** Scores the decisions whose outcome became known since the earlier snapshot. */
export const decisionScores = (before: Snapshot, after: Snapshot): DecisionScore[] =>
  after.decisions
    .filter(({ id }) => !before.decisions.some((earlier) => earlier.id === id && earlier.outcome !== null))
    .flatMap(score)

const score = ({ id, title, forecast, outcome }: DecisionSnapshot): DecisionScore[] => {
  if (outcome?.kind === 'happened' && forecast.kind === 'chance') {
    const found = brier(forecast.chance, outcome.happened)
    const text = message('review.decision.brier', { title, chance: forecast.chance, score: found })
    return [{ decisionId: id, rule: 'brier', score: found, message: text }]
  }
  if (outcome?.kind === 'value' && forecast.kind === 'interval') {
    const { p10, p50, p90 } = forecast
    const quantiles = [
      { p: 0.1, value: p10 },
      { p: 0.5, value: p50 },
      { p: 0.9, value: p90 },
    ]
    const found = crps(quantiles, outcome.value)
    const text = message('review.decision.crps', { title, forecast: p50, value: outcome.value, score: found })
    return [{ decisionId: id, rule: 'crps', score: found, message: text }]
  }
  return []
}
