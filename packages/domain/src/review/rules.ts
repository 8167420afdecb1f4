/** @file The rules by which a review proposes changes, each grounded in numbers of the snapshots. */
import { type Evidence, quantity, type Scale } from '../measures/measure.ts'
import { scales } from '../measures/scale.ts'
import { latest } from '../measures/state.ts'
import { message } from '../messages/message.ts'
import { atCompletion } from '../resources/budget.ts'
import { chanceOfTarget } from '../strategy/forecast.ts'
import { nameOf } from './changes.ts'
import { met, servedBy } from './learning.ts'
import type { Change, Proposal } from './proposal.ts'
import { make } from './resolved-rules.ts'
import { changeRisks } from './risk-rules.ts'
import type { BudgetSnapshot, InitiativeSnapshot, KeyResultSnapshot, Snapshot } from './snapshot.ts'

type Rule = (before: Snapshot, after: Snapshot) => Proposal[]

/** When a rule speaks; judgements, in one place. */
const limits = {
  /** A key result counts as reached from this chance on, and as hopeless below the other. */
  reached: 0.95,
  hopeless: 0.1,
  /** A raised target must still be met with this chance. */
  keep: 0.8,
  /** Share of a budget that must be left for moving it to be worth a decision. */
  spare: 0.2,
  /** Share of a budget burned without hope before stopping is proposed. */
  burned: 0.8,
  /** An estimate is re-based when the forecast at completion leaves this range of the budget. */
  estimate: [0.7, 1.2],
  /** Reserve on a re-based estimate. */
  reserve: 1.25,
} as const

/** Targets that are safely met: ask for half of what was gained beyond them. */
const raiseTargets: Rule = (_, after) =>
  after.keyResults.flatMap((keyResult) => {
    const { id, name, target, direction, scale, points, forecast } = keyResult
    const last = latest(points)
    if (!met(keyResult) || last === null || (forecast.chance ?? 0) < limits.reached) return []
    const { to, from } = scales[scale]
    const harder = roundEasier(from((to(target) + to(last.value)) / 2), keyResult)
    if (direction === 'up' ? harder <= target : harder >= target) return []
    const chance = chanceOfTarget({ ...keyResult, now: after.at }, harder)
    if (chance === null || chance < limits.keep) return []
    const values = { name, from: quantity(target, keyResult), to: quantity(harder, keyResult) }
    return [
      make({ kind: 'change-target', keyResultId: id, from: target, to: harder }, id, {
        title:
          direction === 'up'
            ? message('proposal.raise.title', values)
            : message('proposal.tighten.title', values),
        reason: message('proposal.raise.reason', {
          value: quantity(last.value, keyResult),
          from: values.from,
          chance: forecast.chance!,
        }),
        evidence: [last.evidence],
        effect: message('proposal.raise.effect', { name, chance }),
      }),
    ]
  })

/** Two significant digits of what is missing to the ideal, rounded so that the target gets no harder. */
const roundEasier = (
  value: number,
  { scale, direction }: { scale: Scale; direction: 'up' | 'down' },
): number => {
  if (scale === 'proportion' && value > 0.5)
    return 1 - roundTo(1 - value, 2, direction === 'up' ? Math.ceil : Math.floor)
  return roundTo(value, scale === 'linear' ? 3 : 2, direction === 'up' ? Math.floor : Math.ceil)
}

const roundTo = (value: number, significant: number, round: (value: number) => number): number => {
  if (value === 0) return 0
  const step = 10 ** (Math.floor(Math.log10(Math.abs(value))) - significant + 1)
  // the nudge keeps 0.03 from being rounded as 0.030000000000000002
  const snapped = Number((value / step).toPrecision(12))
  return Number((round(snapped) * step).toPrecision(12))
}

/** Initiatives that reached everything they serve give the compute they still hold to the next best bet. */
const moveCompute: Rule = (_, after) => {
  const next = nextBest(after)
  if (!next) return []
  return after.budgets.flatMap((budget) => {
    const { initiativeId, poolId, poolName, kind, unit } = budget
    const left = remaining(budget)
    const spare = kind === 'compute' && left > limits.spare * budget.budget
    if (!spare || !reachedAll(after, initiativeId) || next.id === initiativeId) return []
    const from = nameOf(after, initiativeId)
    const amount = roundTo(left, 3, Math.floor)
    const change: Change = {
      kind: 'move-compute',
      poolId,
      fromInitiativeId: initiativeId,
      toInitiativeId: next.id,
      amount,
    }
    return [
      make(change, `${initiativeId}:${poolId}`, {
        title: message('proposal.move.title', { amount, unit, pool: poolName, from, to: next.name }),
        reason: message('proposal.move.reason', {
          from,
          spent: budget.spent,
          budget: budget.budget,
          unit,
          to: next.name,
        }),
        evidence: [
          ...evidenceOf(budget),
          ...(after.allocation ? [{ noun: 'allocation' as const, id: after.allocation.id }] : []),
        ],
        effect: message('proposal.move.effect', { to: next.name, value: next.expectedValue }),
      }),
    ]
  })
}

const remaining = ({ budget, spent, committed }: BudgetSnapshot): number => budget - spent - committed

const evidenceOf = ({ evidence, initiativeId }: BudgetSnapshot): Evidence[] =>
  evidence ?? [{ noun: 'ledger', id: initiativeId }]

const reachedAll = (snapshot: Snapshot, initiativeId: string): boolean => {
  const served = servedBy(snapshot, initiativeId)
  return (
    served.length > 0 &&
    served.every((keyResult) => met(keyResult) && (keyResult.forecast.chance ?? 0) >= limits.reached)
  )
}

/** The candidate of the runner-up portfolio, or else the one of greatest expected value. */
const nextBest = ({ allocation, initiatives }: Snapshot): InitiativeSnapshot | undefined => {
  const waiting = initiatives
    .filter(({ state, expectedValue }) => state === 'candidate' && expectedValue > 0)
    .sort((a, b) => b.expectedValue - a.expectedValue)
  const runnerUp = new Set(allocation?.runnerUp?.map(({ initiativeId }) => initiativeId))
  return waiting.find(({ id }) => runnerUp.has(id)) ?? waiting[0]
}

/** Everything chosen is done or stopped, and someone waits. */
const startNext: Rule = (_, after) => {
  const next = nextBest(after)
  const ended = after.initiatives.filter(({ state }) => state === 'done' || state === 'stopped')
  const busy = after.initiatives.some(({ state }) => state === 'chosen')
  if (!next || busy || ended.length === 0 || moveCompute(after, after).length > 0) return []
  return [
    make({ kind: 'start-initiative', initiativeId: next.id, start: 0 }, next.id, {
      title: message('proposal.start.title', { name: next.name }),
      reason: message('proposal.start.reason', {}),
      evidence: after.allocation ? [{ noun: 'allocation', id: after.allocation.id }] : [],
      effect: message('proposal.start.effect', { value: next.expectedValue }),
    }),
  ]
}

/** Most of the budget is gone and no key result has a real chance. */
const stopHopeless: Rule = (_, after) =>
  after.budgets.flatMap((budget) => {
    const { initiativeId, poolName: pool, unit } = budget
    const initiative = after.initiatives.find(({ id }) => id === initiativeId)
    const chances = servedBy(after, initiativeId).map(({ forecast }) => forecast.chance)
    const best = Math.max(...chances.map((chance) => chance ?? 1))
    const burned = budget.budget > 0 ? budget.spent / budget.budget : 0
    if (initiative?.state !== 'chosen' || chances.length === 0) return []
    if (burned < limits.burned || best >= limits.hopeless) return []
    const points = servedBy(after, initiativeId).flatMap(({ points }) => latest(points)?.evidence ?? [])
    return [
      make({ kind: 'stop-initiative', initiativeId }, initiativeId, {
        title: message('proposal.stop.title', { name: initiative.name }),
        reason: message('proposal.stop.reason', { burned, pool, chance: best }),
        evidence: [...evidenceOf(budget), ...points],
        effect: message('proposal.stop.effect', { amount: Math.max(0, remaining(budget)), unit, pool }),
      }),
    ]
  })

/** What work really costs replaces what it was thought to cost. */
const reEstimate: Rule = (_, after) =>
  after.budgets.flatMap((budget) => {
    const { initiativeId, poolId, poolName: pool, unit, spent, done } = budget
    const whole = atCompletion(spent, done)
    const [low, high] = limits.estimate
    if (whole === null || budget.budget <= 0 || spent <= 0) return []
    if (whole >= low * budget.budget && whole <= high * budget.budget) return []
    const to = roundTo(whole * limits.reserve, 2, Math.ceil)
    if (to >= low * budget.budget && to <= budget.budget) return []
    const name = nameOf(after, initiativeId)
    const values = { pool, name, from: budget.budget, to, unit }
    const amount = Math.abs(budget.budget - to)
    return [
      make(
        { kind: 're-estimate', initiativeId, poolId, from: budget.budget, to },
        `${initiativeId}:${poolId}`,
        {
          title: message('proposal.estimate.title', values),
          reason: message('proposal.estimate.reason', { from: budget.budget, unit, spent, done }),
          evidence: evidenceOf(budget),
          effect:
            to < budget.budget
              ? message('proposal.estimate.effect', { amount, unit, pool })
              : message('proposal.estimate.over', { amount, unit, pool }),
        },
      ),
    ]
  })

/** Nothing can be said about what is not measured. */
const measureMissing: Rule = (_, after) =>
  after.keyResults
    .filter(({ points }: KeyResultSnapshot) => points.length === 0)
    .map(({ id, name, due }) =>
      make({ kind: 'measure', keyResultId: id }, id, {
        title: message('proposal.measure.title', { name }),
        reason: message('proposal.measure.reason', { due: due.slice(0, 10) }),
        evidence: [],
        effect: message('proposal.measure.effect', {}),
      }),
    )

/** In the order in which they are shown. */
export const rules: readonly Rule[] = [
  raiseTargets,
  moveCompute,
  startNext,
  stopHopeless,
  reEstimate,
  changeRisks,
  measureMissing,
]
