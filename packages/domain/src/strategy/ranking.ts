/** @file Orders initiatives by their quantified value, and beside it by RICE and WSJF. */
import type { Beta } from '../chance/gamma.ts'
import type { ValueRange } from '../resources/portfolio.ts'
import { expectedValue } from '../resources/scenarios.ts'
import { beliefInterval } from './belief.ts'
import { rice, wsjf } from './scores.ts'

/** reach per period, impact 0 to 3 or so, confidence 0 to 1; the effort is the initiative's own people-days. */
export type RiceInput = { reach: number; impact: number; confidence: number }
/** Relative points, as on a planning board. */
export type WsjfInput = { value: number; urgency: number; riskReduction: number; size: number }

export type Rankable = {
  id: string
  name: string
  value: ValueRange
  chance: Beta
  needs: Record<string, number[]>
  rice?: RiceInput | null | undefined
  wsjf?: WsjfInput | null | undefined
}

export type RankingPool = { id: string; kind: 'people' | 'compute' | 'cash'; rate: number }

export type Ranked = {
  id: string
  /** Expected value, cost of its needs at the pools' rates, and what is left, in the workspace's currency. */
  expected: number
  cost: number
  net: number
  /** expected/cost; null without cost. */
  yield: number | null
  /** 80 % interval of the belief. */
  chance: [low: number, high: number]
  rice: number | null
  wsjf: number | null
  /** 1 is best, by each; null where there is nothing to rank by. */
  ranks: { net: number | null; yield: number | null; rice: number | null; wsjf: number | null }
}

const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0)

/** Ordered by net value. RICE takes the people-days of the needs as its effort; one without them has no RICE. */
export const rank = (initiatives: readonly Rankable[], pools: readonly RankingPool[]): Ranked[] => {
  const unranked = initiatives.map((initiative) => {
    const { id, name, value, chance, needs } = initiative
    const amounts = pools.map((pool) => ({ ...pool, amount: sum(needs[pool.id] ?? []) }))
    const cost = sum(amounts.map(({ amount, rate }) => amount * rate))
    const effort = sum(amounts.map(({ amount, kind }) => (kind === 'people' ? amount : 0)))
    const expected = expectedValue({
      ...{ id, name, value, chance, needs },
      ...{ earliest: 0, latest: 0, prerequisites: [], exclusions: [] },
    })
    return {
      id,
      ...{ expected, cost, net: expected - cost, yield: cost > 0 ? expected / cost : null },
      chance: beliefInterval(chance),
      rice: initiative.rice ? rice({ ...initiative.rice, effort }) : null,
      wsjf: initiative.wsjf ? wsjf(initiative.wsjf) : null,
    }
  })
  const rankBy = (by: 'net' | 'yield' | 'rice' | 'wsjf', own: number | null) =>
    own === null ? null : 1 + unranked.filter((other) => (other[by] ?? -Infinity) > own).length
  return unranked
    .map((one) => ({
      ...one,
      ranks: {
        net: rankBy('net', one.net),
        yield: rankBy('yield', one.yield),
        rice: rankBy('rice', one.rice),
        wsjf: rankBy('wsjf', one.wsjf),
      },
    }))
    .sort((a, b) => b.net - a.net)
}

/** Spearman's rank correlation of two scores over what has both; null for fewer than three. */
export const agreement = (ranked: readonly Ranked[], by: 'rice' | 'wsjf'): number | null => {
  const both = ranked.filter((one) => one[by] !== null)
  if (both.length < 3) return null
  const a = midRanks(both.map(({ net }) => net))
  const b = midRanks(both.map((one) => one[by]!))
  const centre = (both.length + 1) / 2
  const product = sum(a.map((x, i) => (x - centre) * (b[i]! - centre)))
  const spread = Math.sqrt(sum(a.map((x) => (x - centre) ** 2)) * sum(b.map((x) => (x - centre) ** 2)))
  return spread > 0 ? product / spread : null
}

/** Ranks from 1 upwards; ties get their mean. */
const midRanks = (values: readonly number[]): number[] =>
  values.map((value) => {
    const below = values.filter((other) => other < value).length
    const same = values.filter((other) => other === value).length
    return below + (same + 1) / 2
  })
