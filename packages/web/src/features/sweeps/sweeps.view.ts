/** @file A sweep's trials as the page draws them: axes, lines, the best so far. */
import type { SweepDetail, SweepTrial } from '@capstan/api'
import { type SearchSpace, unitOf } from '@capstan/domain'

export interface Axis {
  name: string
  /** From the bottom to the top. */
  ends: [string, string]
}

export interface Line {
  trial: SweepTrial
  /** Height on each axis, 0 to 1; null where the parameter was inactive. The last is the goal, best on top. */
  heights: (number | null)[]
  /** 0 for the worst value, 1 for the best. */
  quality: number
}

/** @param show how a number reads */
export function parallel(
  { sweep, trials }: SweepDetail,
  show: (value: number) => string,
): { axes: Axis[]; lines: Line[] } {
  const space = sweep.plan.space as SearchSpace
  const names = Object.keys(space)
  const text = (value: string | number | boolean) => (typeof value === 'number' ? show(value) : String(value))
  const axes = names.map((name): Axis => {
    const parameter = space[name]!
    return parameter.type === 'choice'
      ? { name, ends: [text(parameter.values[0]!), text(parameter.values.at(-1)!)] }
      : { name, ends: [text(parameter.low), text(parameter.high)] }
  })
  const scored = trials.filter(({ value }) => value !== null)
  const values = scored.map(({ value }) => value!)
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const up = sweep.plan.goal.direction === 'max'
  if (scored.length > 0)
    axes.push({ name: sweep.plan.goal.metric, ends: up ? [show(low), show(high)] : [show(high), show(low)] })
  const lines = scored.map((trial): Line => {
    const share = high > low ? (trial.value! - low) / (high - low) : 0.5
    const quality = up ? share : 1 - share
    const heights = names.map((name) => {
      const value = trial.values[name]
      return value === undefined ? null : unitOf(space[name]!, value)
    })
    return { trial, heights: [...heights, quality], quality }
  })
  // the best lines lie on top
  return { axes, lines: lines.sort((a, b) => a.quality - b.quality) }
}

/** The best finished value after each trial, in the order of their numbers. */
export function bestSoFar({ sweep, trials }: SweepDetail): { trial: number; value: number; best: number }[] {
  const better = sweep.plan.goal.direction === 'min' ? Math.min : Math.max
  let best: number | null = null
  return trials
    .filter(({ state, value }) => state === 'finished' && value !== null)
    .map(({ number, value }) => {
      best = best === null ? value! : better(best, value!)
      return { trial: number, value: value!, best }
    })
}

/** Best first, then those that run, then those without a value. */
export function ranked({ sweep, trials }: SweepDetail): SweepTrial[] {
  const sign = sweep.plan.goal.direction === 'min' ? 1 : -1
  const rank = ({ value, state }: SweepTrial) =>
    value === null ? (state === 'running' ? 1e307 : Number.MAX_VALUE) : sign * value
  return trials.toSorted((a, b) => rank(a) - rank(b) || a.number - b.number)
}
