/** @file What a sweep does next: which trials it starts, which it stops and why, and when it is over. */

import { quantile } from '../../chance/quantiles.ts'
import { type Message, message } from '../../messages/message.ts'
import { judgeRungs, rungsOf } from './halving.ts'
import { forecastCurve } from './learning-curve.ts'
import { bestTrial, type SweepPlan, type Trial } from './plan.ts'
import { type NextTrial, propose } from './propose.ts'

/** The learning curve's forecast that a run was judged by. */
export interface CurveVerdict {
  /** Last step seen. */
  step: number
  horizon: number
  estimate: number
  interval: [low: number, high: number]
  level: number
  /** Chance to beat the best finished trial. */
  chance: number
  best: number
}

export type SweepStep =
  | { kind: 'start'; trial: NextTrial }
  | { kind: 'pass'; trial: number; rung: number }
  | { kind: 'stop'; trial: number; reason: Message; curve: CurveVerdict | null }
  | { kind: 'end'; reason: Message }

/** So many trials without a single value, and the command is broken, not the values. */
const FAILURES_IN_A_ROW = 5

/**
 * A pure function of plan and trials: called again after a crash it decides the same. Steps come in the order in
 * which they are to be taken; `end` comes last and means that nothing more will be started.
 */
export const decideSweep = (plan: SweepPlan, trials: readonly Trial[]): SweepStep[] => {
  const spent = exhausted(plan, trials)
  const running = trials.filter(({ state }) => state === 'running')
  if (spent)
    return [
      ...running.map(
        ({ number }): SweepStep => ({ kind: 'stop', trial: number, reason: spent, curve: null }),
      ),
      { kind: 'end', reason: spent },
    ]
  const judged = running.flatMap((trial) => judge(plan, trial, trials))
  const stopped = new Set(judged.flatMap((step) => (step.kind === 'stop' ? [step.trial] : [])))
  const known = trials.map(
    (trial): Trial => (stopped.has(trial.number) ? { ...trial, state: 'stopped' } : trial),
  )
  return [...judged, ...starts(plan, known)]
}

const judge = (plan: SweepPlan, trial: Trial, trials: readonly Trial[]): SweepStep[] => {
  const { goal, halving, stopping } = plan
  const steps: SweepStep[] = []
  if (halving && halving.parameter === null) {
    const verdict = judgeRungs(goal, halving, trial, trials)
    if (verdict && !verdict.goesOn) {
      const step = rungsOf(halving)[verdict.rung - 1]!
      const reason = message('sweep.stop.rung', {
        step,
        rank: verdict.rank,
        of: verdict.of,
        factor: halving.factor,
      })
      return [{ kind: 'stop', trial: trial.number, reason, curve: null }]
    }
    if (verdict) steps.push({ kind: 'pass', trial: trial.number, rung: verdict.rung })
  }
  const best = bestTrial(goal, trials)
  const last = trial.curve.at(-1)
  if (stopping && best && last && last.step >= stopping.after * stopping.horizon) {
    const forecast = forecastCurve(trial.curve, stopping.horizon)
    if (forecast) {
      const below = forecast.atMost(best.value!)
      const chance = goal.direction === 'min' ? below : 1 - below
      if (chance < stopping.chance) {
        const { estimate, interval, level } = forecast
        const [low, high] = interval
        const reason = message('sweep.stop.curve', { chance, best: best.value!, estimate, low, high })
        const curve = {
          step: last.step,
          horizon: stopping.horizon,
          estimate,
          interval,
          level,
          chance,
          best: best.value!,
        }
        return [...steps, { kind: 'stop', trial: trial.number, reason, curve }]
      }
    }
  }
  return steps
}

const starts = (plan: SweepPlan, trials: readonly Trial[]): SweepStep[] => {
  const all = [...trials]
  const steps: SweepStep[] = []
  const broken = all.slice(0, FAILURES_IN_A_ROW)
  if (broken.length === FAILURES_IN_A_ROW && broken.every(({ state }) => state === 'failed'))
    return [{ kind: 'end', reason: message('sweep.end.failing', { count: FAILURES_IN_A_ROW }) }]
  while (all.filter(({ state }) => state === 'running').length < plan.parallel) {
    const room = roomForOne(plan, all)
    const next = room === null ? propose(plan, all) : null
    if (next === null) {
      if (all.some(({ state }) => state === 'running')) break
      const best = bestTrial(plan.goal, all)
      const reason =
        room ??
        (best === null
          ? message('sweep.end.nothing', { metric: plan.goal.metric })
          : message('sweep.end.complete', { count: all.length }))
      return [...steps, { kind: 'end', reason }]
    }
    steps.push({ kind: 'start', trial: next })
    all.push({ ...next, state: 'running', value: null, curve: [], rung: 0, cost: { amount: 0, hours: 0 } })
  }
  return steps
}

/** Why what was used already ends the sweep; null while there is something left. */
const exhausted = ({ budget }: SweepPlan, trials: readonly Trial[]): Message | null => {
  const amount = sum(trials, 'amount')
  const hours = sum(trials, 'hours')
  if (budget.amount !== null && amount >= budget.amount)
    return message('sweep.end.amount', { amount, limit: budget.amount })
  if (budget.hours !== null && hours >= budget.hours)
    return message('sweep.end.hours', { hours, limit: budget.hours })
  return null
}

/** Why one more trial does not fit under the limits, from what finished ones cost; null when it does. */
const roomForOne = ({ budget }: SweepPlan, trials: readonly Trial[]): Message | null => {
  if (budget.runs !== null && trials.length >= budget.runs)
    return message('sweep.end.runs', { limit: budget.runs })
  for (const unit of ['amount', 'hours'] as const) {
    const limit = budget[unit]
    if (limit === null) continue
    const finished = trials.filter(({ state }) => state === 'finished').map(({ cost }) => cost[unit])
    const typical =
      finished.length === 0
        ? 0
        : quantile(
            finished.sort((a, b) => a - b),
            0.5,
          )
    // what runs now will cost about as much again as a finished one
    const committed = trials.reduce(
      (total, { state, cost }) => total + (state === 'running' ? Math.max(cost[unit], typical) : cost[unit]),
      0,
    )
    if (committed + typical > limit)
      return unit === 'amount'
        ? message('sweep.end.amount', { amount: sum(trials, unit), limit })
        : message('sweep.end.hours', { hours: sum(trials, unit), limit })
  }
  return null
}

const sum = (trials: readonly Trial[], unit: 'amount' | 'hours'): number =>
  trials.reduce((total, { cost }) => total + cost[unit], 0)
