/** @file Folds the facts of a window into one number, one after the other. */
import { quantile } from '../chance/quantiles.ts'
import type { Direction, Evidence, Origin } from './measure.ts'
import type { Input, Query } from './query.ts'

/** What a fold remembers of one fact. */
export type Seen = Pick<Input, 'value' | 'error' | 'origin' | 'evidence'>

/** Everything but the order statistics in the size of one fact, so that a history of any length goes on from here. */
export type Fold = {
  count: number
  sum: number
  /** Welford's mean and sum of squared distances from it. */
  mean: number
  squares: number
  hits: number
  first: string | null
  last: (Seen & { at: string }) | null
  least: Seen | null
  most: Seen | null
  origin: Origin
}

export type Folded = { value: number; error?: number; origin: Origin; evidence: Evidence; count: number }

export const emptyFold: Fold = {
  count: 0,
  sum: 0,
  mean: 0,
  squares: 0,
  hits: 0,
  first: null,
  last: null,
  least: null,
  most: null,
  origin: 'measured',
}

/** @see Welford (1962), Note on a method for calculating corrected sums of squares and products */
export const fold = (before: Fold, input: Input): Fold => {
  const { at, value, error, origin, evidence } = input
  const seen: Seen = { value, ...(error === undefined ? {} : { error }), origin, evidence }
  const count = before.count + 1
  const distance = value - before.mean
  const mean = before.mean + distance / count
  return {
    count,
    sum: before.sum + value,
    mean,
    squares: before.squares + distance * (value - mean),
    hits: before.hits + (input.hit ? 1 : 0),
    first: before.first ?? at,
    last: { ...seen, at },
    least: before.least === null || value <= before.least.value ? seen : before.least,
    most: before.most === null || value >= before.most.value ? seen : before.most,
    origin: weaker(before.origin, origin),
  }
}

const strength = { measured: 2, typed: 1, demonstration: 0 } as const satisfies Record<Origin, number>

/** A number is as good as the weakest it stands on. */
export const weaker = (a: Origin, b: Origin): Origin => (strength[a] <= strength[b] ? a : b)

/** What only some statistics ask for. */
export type Around = {
  direction: Direction
  /** Values of the window, sorted upwards: for quantiles. */
  sorted?: readonly number[]
  /** Days of the window: for rates. */
  days?: number
  /** Whole days since the newest fact: for ages. */
  age?: number
}

/** Null when a window without facts has no such number: there is no mean of nothing, but a count of it. */
export const folded = (query: Query, { count, ...state }: Fold, around: Around): Folded | null => {
  const { last, least, most, origin } = state
  if (last === null) return null
  const of = (seen: Seen): Folded => ({
    value: seen.value,
    ...(seen.error === undefined ? {} : { error: seen.error }),
    origin: seen.origin,
    evidence: seen.evidence,
    count,
  })
  const all = (value: number, error?: number): Folded => ({
    value,
    ...(error === undefined ? {} : { error }),
    origin,
    evidence: last.evidence,
    count,
  })
  switch (query.statistic) {
    case 'latest':
      return of(last)
    case 'min':
      return of(least!)
    case 'max':
      return of(most!)
    case 'best':
      return of(around.direction === 'up' ? most! : least!)
    case 'count':
      return all(count)
    case 'sum':
      return all(state.sum)
    case 'mean':
      return all(state.mean, count > 1 ? Math.sqrt(state.squares / (count - 1) / count) : undefined)
    case 'median':
      return all(quantile(around.sorted!, 0.5))
    case 'quantile':
      return all(quantile(around.sorted!, query.quantile ?? 0.5))
    case 'share': {
      const share = state.hits / count
      return all(share, Math.sqrt((share * (1 - share)) / count))
    }
    case 'rate':
      return all((query.value === undefined ? count : state.sum) / around.days!)
    case 'age':
      return all(around.age!)
  }
}

/** The number of a window that every fact has left; `last` is the newest fact that was in it. */
export const foldedNothing = (query: Query, last: Seen): Folded | null =>
  query.statistic === 'count' || query.statistic === 'sum' || query.statistic === 'rate'
    ? { value: 0, origin: last.origin, evidence: last.evidence, count: 0 }
    : null

/** Keeps values sorted while a window slides over them. */
export const sortedWindow = (begun: readonly number[] = []) => {
  const values = [...begun].sort((a, b) => a - b)
  /** The first place whose value is not below. */
  const place = (value: number): number => {
    let [low, high] = [0, values.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (values[middle]! < value) low = middle + 1
      else high = middle
    }
    return low
  }
  return {
    values: values as readonly number[],
    add: (value: number) => void values.splice(place(value), 0, value),
    remove: (value: number) => void values.splice(place(value), 1),
  }
}
