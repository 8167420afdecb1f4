/** @file The next trial of a sweep: a function of its plan and its trials alone, so that a restarted server goes on alike. */
import { hashText, seeded } from '../../chance/random.ts'
import { gridAt } from './grid.ts'
import { promotable, rungsOf } from './halving.ts'
import { lossOf, type SweepPlan, type Trial } from './plan.ts'
import { sobolPoint, sobolShift } from './sobol.ts'
import { assign, ordered, type TrialValues } from './space.ts'
import { type Observed, proposeTpe } from './tpe.ts'

export type NextTrial = Pick<Trial, 'number' | 'values' | 'resource' | 'promotedFrom'>

/** Trials that only explore, before the estimator has anything to learn from. */
const TPE_STARTUP = 10

/** @returns null when the space is exhausted */
export const propose = (plan: SweepPlan, trials: readonly Trial[]): NextTrial | null => {
  const { halving, goal } = plan
  const number = trials.length
  if (halving?.parameter) {
    const next = promotable(goal, halving, trials)
    if (next)
      return { number, values: next.trial.values, resource: next.resource, promotedFrom: next.trial.number }
  }
  const drawn = trials.filter(({ promotedFrom }) => promotedFrom === null).length
  const values = draw(plan, trials, drawn)
  if (values === null) return null
  return { number, values, resource: halving?.parameter ? rungsOf(halving)[0]! : null, promotedFrom: null }
}

const draw = (plan: SweepPlan, trials: readonly Trial[], index: number): TrialValues | null => {
  const { space, method, seed } = plan
  const names = ordered(space) ?? []
  const even = () => {
    const point = sobolPoint(index, names.length, sobolShift(seed, names.length))
    return assign(space, (name) => point[names.indexOf(name)]!)
  }
  const random = seeded(hashText(`sweep ${seed} ${index}`))
  switch (method) {
    case 'grid':
      return gridAt(space, index)
    case 'random':
      return assign(space, () => random())
    case 'sobol':
      return even()
    case 'tpe':
      if (trials.filter(({ state }) => state !== 'running').length < TPE_STARTUP)
        return names.length <= 64 ? even() : assign(space, () => random())
      return proposeTpe(space, observed(plan, trials), random)
  }
}

/**
 * Trials as ranks: finished ones by value, on higher rungs first; then stopped ones by how far they came; failed
 * ones are the worst. The estimator looks at the order alone.
 */
const observed = ({ goal }: SweepPlan, trials: readonly Trial[]): Observed[] => {
  const reach = (t: Trial) => t.resource ?? (t.state === 'finished' ? Infinity : (t.curve.at(-1)?.step ?? 0))
  const ended = trials
    .filter(({ state, value }) => (state === 'finished' || state === 'stopped') && value !== null)
    .sort((a, b) => descending(reach(a), reach(b)) || lossOf(goal, a.value!) - lossOf(goal, b.value!))
  const rank = new Map(ended.map((trial, i) => [trial.number, i]))
  return trials
    .filter(({ state }) => state !== 'cancelled')
    .map(({ number, values, state }) => ({
      values,
      loss: state === 'running' ? null : (rank.get(number) ?? Infinity),
    }))
}

const descending = (a: number, b: number): number => (a === b ? 0 : a > b ? -1 : 1)
