/** @file What a sweep is to search, by which method, until which limits; and its trials. */
import { type Message, message } from '../../messages/message.ts'
import type { CurvePoint } from '../curve.ts'
import { gridRefusal } from './grid.ts'
import { sobolDimensions } from './sobol.ts'
import { type SearchSpace, spaceRefusal, type TrialValues } from './space.ts'

export interface Goal {
  metric: string
  direction: 'min' | 'max'
  /** Which of a run's values counts: its last, or its best. */
  statistic: 'last' | 'best'
}

export type SweepMethod = 'grid' | 'random' | 'sobol' | 'tpe'

/** Asynchronous successive halving (Li et al. 2020). */
export interface Halving {
  /** Resource of the lowest rung, in steps of the metric or in units of `parameter`. */
  minimum: number
  maximum: number
  /** One of so many goes on from rung to rung. */
  factor: number
  /**
   * The parameter that carries the resource: a promoted trial is a new run with more of it. Without one, running
   * trials are stopped at the rungs.
   */
  parameter: string | null
}

/** Stops a run whose learning curve will hardly beat the best. */
export interface CurveStop {
  /** Stopped below this chance. */
  chance: number
  /** Not before this share of the horizon. */
  after: number
  /** The step at which a run ends. */
  horizon: number
}

/** Hard limits; null is none. */
export interface SweepBudget {
  runs: number | null
  /** In the workspace's currency. */
  amount: number | null
  /** Of wall-clock time, added up over the runs. */
  hours: number | null
}

export interface SweepPlan {
  space: SearchSpace
  goal: Goal
  method: SweepMethod
  seed: number
  /** Trials at a time. */
  parallel: number
  halving: Halving | null
  stopping: CurveStop | null
  budget: SweepBudget
}

export type TrialState = 'running' | 'finished' | 'failed' | 'stopped' | 'cancelled'

export interface Trial {
  /** From 0; the sampler's draw number unless it was promoted. */
  number: number
  values: TrialValues
  /** Of successive halving by parameter: what this run may use. */
  resource: number | null
  /** The trial on the rung below. */
  promotedFrom: number | null
  state: TrialState
  /** The goal's statistic so far; null without a finite point. */
  value: number | null
  /** Points of the goal's metric by step, thinned. */
  curve: readonly CurvePoint[]
  /** How many rungs it has passed. */
  rung: number
  cost: { amount: number; hours: number }
}

/** Why a plan cannot be followed; null when it can. */
export const planRefusal = (plan: SweepPlan): Message | null => {
  const { space, method, halving, stopping, budget } = plan
  const wrong = spaceRefusal(space) ?? (method === 'grid' ? gridRefusal(space) : null)
  if (wrong) return wrong
  if (method === 'sobol' && Object.keys(space).length > sobolDimensions)
    return message('sweep.sobol.dimensions', { most: sobolDimensions, found: Object.keys(space).length })
  if (halving && (halving.minimum <= 0 || halving.maximum < halving.minimum || halving.factor < 2))
    return message('sweep.halving.bounds', {})
  if (halving?.parameter && halving.parameter in space)
    return message('sweep.halving.parameter', { name: halving.parameter })
  if (stopping && !(stopping.horizon > 0)) return message('sweep.stopping.horizon', {})
  if (method !== 'grid' && budget.runs === null && budget.amount === null && budget.hours === null)
    return message('sweep.budget.none', {})
  return null
}

/** Losses are minimised, whichever direction the goal has. */
export const lossOf = ({ direction }: Goal, value: number): number => (direction === 'min' ? value : -value)

/** The goal's statistic of a curve; null without a finite point. */
export const statisticOf = (goal: Goal, curve: readonly CurvePoint[]): number | null => {
  const last = curve.at(-1)
  if (!last) return null
  if (goal.statistic === 'last') return Number.isFinite(last.value) ? last.value : null
  const values = curve.map(({ value }) => value).filter(Number.isFinite)
  if (values.length === 0) return null
  return goal.direction === 'min' ? Math.min(...values) : Math.max(...values)
}

/** The finished trial with the best value; with halving by parameter, on the highest rung that has any. */
export const bestTrial = <T extends Pick<Trial, 'state' | 'value' | 'resource'>>(
  goal: Goal,
  trials: readonly T[],
): T | null => {
  const usable = trials.filter(({ state, value }) => state === 'finished' && value !== null)
  const top = Math.max(...usable.map(({ resource }) => resource ?? 0))
  return usable
    .filter(({ resource }) => (resource ?? 0) === top)
    .reduce<T | null>(
      (best, trial) =>
        best === null || lossOf(goal, trial.value!) < lossOf(goal, best.value!) ? trial : best,
      null,
    )
}
