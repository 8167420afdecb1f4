/** @file How well a turn predicted itself, and whether that gets better from turn to turn. */
import { betaMean } from '../chance/gamma.ts'
import { normalQuantile } from '../chance/normal.ts'
import { studentQuantile } from '../chance/student.ts'
import { daysBetween } from '../measures/measure.ts'
import { latest, meets } from '../measures/state.ts'
import { total } from './plan.ts'
import { brier, crps } from './scores.ts'
import type { KeyResultSnapshot, Snapshot } from './snapshot.ts'

export type TurnRecord = {
  cycleId: string
  /** The instants of the plan and of the last review. */
  from: string
  to: string
  /** An open turn is provisional: only what is decided already counts. */
  closed: boolean
  /** Mean Brier score of the chances given when the plan was made; 0 is perfect, always saying 50 % gives 0.25. */
  brier: Scored | null
  /** Mean CRPS of the values forecast, in shares of the way from baseline to target; 0 is perfect. */
  crps: Scored | null
  /** How often the 80 % intervals held what came, with the 80 % (Wilson) interval of that share. */
  coverage: { hits: number; count: number; share: number; low: number; high: number } | null
  /** Geometric mean of actual/predicted over the finished estimates, with its 80 % interval (none of one). */
  estimates: { factor: number; low: number | null; high: number | null; count: number } | null
  /** Value of what was chosen, in the workspace's currency: as believed at the plan, and after the turn. */
  value: { predicted: number; came: number } | null
  /** Spent against what the work done was planned to cost, in the workspace's currency; error 0.1 is 10 % over. */
  budget: { predicted: number; came: number; error: number } | null
}

export type Scored = { mean: number; count: number }

/**
 * @param plan the snapshot taken when the allocation was approved
 * @param end that of the last review
 * @param decided Brier scores of the decisions of the turn, whenever their outcome became known
 */
export const turnRecord = (
  plan: Snapshot,
  end: Snapshot,
  closed: boolean,
  decided: readonly number[] = [],
): TurnRecord => {
  const outcomes = plan.keyResults.flatMap((then) => {
    const now = end.keyResults.find(({ id }) => id === then.id)
    return now ? outcomeOf(then, now, end.at, closed) : []
  })
  const briers = [...outcomes.flatMap(({ brier }) => brier ?? []), ...decided]
  const crpses = outcomes.flatMap(({ crps }) => crps ?? [])
  const covered = outcomes.flatMap(({ covered }) => (covered === null ? [] : [covered]))
  return {
    cycleId: plan.cycleId,
    from: plan.at,
    to: end.at,
    closed,
    brier: meanOf(briers),
    crps: meanOf(crpses),
    coverage: covered.length === 0 ? null : wilson(covered.filter(Boolean).length, covered.length),
    estimates: estimatesOf(end),
    value: worthOf(plan, end),
    budget: budgetOf(end),
  }
}

type Outcome = { brier: number | null; crps: number | null; covered: boolean | null }

/** What is not due yet is only known when it is met already, or when the turn is over. */
const outcomeOf = (
  then: KeyResultSnapshot,
  now: KeyResultSnapshot,
  at: string,
  closed: boolean,
): Outcome[] => {
  const last = latest(now.points.filter(({ origin }) => origin === 'measured'))
  // a value that was there before the plan is no outcome of it
  if (last === null || last.at === latest(then.points)?.at) return []
  const happened = meets(last.value, then.target, then.direction)
  const over = closed || daysBetween(then.due, at) >= 0
  const { chance, interval, fan } = then.forecast
  const due = fan.at(-1)
  const way = Math.abs(then.target - then.baseline)
  return [
    {
      brier: chance !== null && (over || happened) ? brier(chance, happened) : null,
      crps:
        over && due && way > 0
          ? crps(
              [
                { p: 0.05, value: due.p05 },
                { p: 0.25, value: due.p25 },
                { p: 0.5, value: due.p50 },
                { p: 0.75, value: due.p75 },
                { p: 0.95, value: due.p95 },
              ],
              last.value,
            ) / way
          : null,
      covered: over && interval ? last.value >= interval[0] && last.value <= interval[1] : null,
    },
  ]
}

const meanOf = (values: readonly number[]): Scored | null =>
  values.length === 0 ? null : { mean: total(values) / values.length, count: values.length }

const z80 = normalQuantile(0.9)

/** Wilson's interval of a share (1927), which stays inside 0 to 1 and is honest for few observations. */
const wilson = (hits: number, count: number): NonNullable<TurnRecord['coverage']> => {
  const share = hits / count
  const z2 = (z80 * z80) / count
  const centre = (share + z2 / 2) / (1 + z2)
  const half = (z80 * Math.sqrt((share * (1 - share)) / count + z2 / (4 * count))) / (1 + z2)
  return { hits, count, share, low: Math.max(0, centre - half), high: Math.min(1, centre + half) }
}

const estimatesOf = ({ estimates }: Snapshot): TurnRecord['estimates'] => {
  const logs = estimates
    .filter(({ predicted, actual }) => predicted > 0 && actual > 0)
    .map(({ predicted, actual }) => Math.log(actual / predicted))
  const count = logs.length
  if (count === 0) return null
  const mean = total(logs) / count
  const factor = Math.exp(mean)
  if (count === 1) return { factor, low: null, high: null, count }
  const deviation = Math.sqrt(total(logs.map((value) => (value - mean) ** 2)) / (count - 1))
  const half = (studentQuantile(0.9, count - 1) * deviation) / Math.sqrt(count)
  return { factor, low: Math.exp(mean - half), high: Math.exp(mean + half), count }
}

/** Value chosen at the plan; then the same with what the turn taught, and nothing for what was stopped. */
const worthOf = (plan: Snapshot, end: Snapshot): TurnRecord['value'] => {
  const chosen = new Set(plan.allocation?.chosen.map(({ initiativeId }) => initiativeId))
  const before = plan.initiatives.filter(({ id }) => chosen.has(id))
  if (before.length === 0) return null
  const came = before.map(({ id, chance, expectedValue }) => {
    const now = end.initiatives.find((other) => other.id === id)
    if (!now) return expectedValue
    const worth = expectedValue / betaMean(chance)
    return now.state === 'stopped' ? 0 : worth * betaMean(now.chance)
  })
  return { predicted: total(before.map(({ expectedValue }) => expectedValue)), came: total(came) }
}

const budgetOf = ({ budgets }: Snapshot): TurnRecord['budget'] => {
  // a pool of which no use was entered says nothing about what the work cost
  const worked = budgets.filter(
    ({ done, budget, spent, rate = 0 }) => done > 0 && budget > 0 && spent > 0 && rate > 0,
  )
  const predicted = total(worked.map(({ budget, done, rate = 0 }) => budget * done * rate))
  const came = total(worked.map(({ spent, rate = 0 }) => spent * rate))
  return predicted > 0 ? { predicted, came, error: came / predicted - 1 } : null
}

export type Trend = {
  /** Change a turn, with its 80 % interval. */
  slope: number
  low: number
  high: number
  count: number
  /** `unclear`: the interval holds 0; both directions are still possible. */
  verdict: 'better' | 'worse' | 'unclear' | 'few'
}

/** Fewer turns than this have no trend worth a name. */
const fewest = 3

/** Least-squares slope over the turns with Student's interval; lower values are better. */
export const trendOf = (values: readonly number[]): Trend => {
  const count = values.length
  if (count < fewest) return { slope: 0, low: 0, high: 0, count, verdict: 'few' }
  const middle = (count - 1) / 2
  const mean = total(values) / count
  const spread = total(values.map((_, i) => (i - middle) ** 2))
  const slope = total(values.map((value, i) => (i - middle) * (value - mean))) / spread
  const residue = total(values.map((value, i) => (value - mean - slope * (i - middle)) ** 2))
  const half = studentQuantile(0.9, count - 2) * Math.sqrt(residue / (count - 2) / spread)
  const [low, high] = [slope - half, slope + half]
  return { slope, low, high, count, verdict: high < 0 ? 'better' : low > 0 ? 'worse' : 'unclear' }
}

export type TrackRecord = {
  turns: TurnRecord[]
  /** Of misses, so that lower is better: of coverage the distance to 80 %, of estimates |log factor|. */
  trends: Record<'brier' | 'crps' | 'coverage' | 'estimates' | 'value' | 'budget', Trend>
}

/** @param turns oldest first */
export const trackRecord = (turns: readonly TurnRecord[]): TrackRecord => {
  const over = (miss: (turn: TurnRecord) => number | null) =>
    trendOf(turns.filter(({ closed }) => closed).flatMap((turn) => miss(turn) ?? []))
  return {
    turns: [...turns],
    trends: {
      brier: over(({ brier }) => brier?.mean ?? null),
      crps: over(({ crps }) => crps?.mean ?? null),
      coverage: over(({ coverage }) => coverage && Math.abs(coverage.share - 0.8)),
      estimates: over(({ estimates }) => estimates && Math.abs(Math.log(estimates.factor))),
      value: over(({ value }) =>
        value && value.predicted > 0 ? Math.abs(value.came / value.predicted - 1) : null,
      ),
      budget: over(({ budget }) => budget && Math.abs(budget.error)),
    },
  }
}
