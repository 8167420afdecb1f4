/** @file The measures of the benchmark: ten statistics over the runs of five teams, as Capstan and as its peers ask them. */
import type { MeasureQueryInput } from '@capstan/api'

export interface Definition {
  /** What peers compute. */
  team: string
  statistic: 'latest' | 'max' | 'mean' | 'sum' | 'count' | 'median' | 'rate'
  field: 'acc' | 'cost' | 'seconds'
  /** null: everything. */
  days: number | null
  /** Only runs of at least this value. */
  least: number
  /** What Capstan keeps. */
  body: {
    key: string
    name: string
    unit: string
    direction: 'up'
    scale: 'linear'
    query: MeasureQueryInput
  }
}

const kinds: Pick<Definition, 'statistic' | 'field' | 'days'>[] = [
  { statistic: 'latest', field: 'acc', days: null },
  { statistic: 'max', field: 'acc', days: null },
  { statistic: 'mean', field: 'acc', days: null },
  { statistic: 'sum', field: 'cost', days: null },
  { statistic: 'count', field: 'cost', days: null },
  { statistic: 'mean', field: 'acc', days: 30 },
  { statistic: 'max', field: 'acc', days: 30 },
  { statistic: 'sum', field: 'seconds', days: 30 },
  { statistic: 'rate', field: 'cost', days: 30 },
  { statistic: 'median', field: 'acc', days: null },
]
const fieldOf = { acc: 'metric.acc', cost: 'cost', seconds: 'seconds' } as const
const unitOf = { acc: '1', cost: 'CNY', seconds: 's' } as const

export function definitions(count: number, teams: number): Definition[] {
  return Array.from({ length: count }, (_, i) => {
    const { statistic, field, days } = kinds[Math.floor(i / teams) % kinds.length]!
    const team = `t${i % teams}`
    const folds = statistic !== 'count' && statistic !== 'rate'
    // each a little different, as measures are
    const least = -Math.floor(i / (teams * kinds.length)) / 1e6
    return {
      ...{ team, statistic, field, days, least },
      body: {
        key: `m${i}`,
        name: `Measure ${i}`,
        unit: folds ? unitOf[field] : 'runs',
        direction: 'up',
        scale: 'linear',
        query: {
          source: 'query',
          of: 'run',
          where: [
            { field: 'tag.team', is: [team] },
            { field: 'state', is: ['finished'] },
            { field: fieldOf[field], atLeast: least },
          ],
          statistic,
          ...(folds ? { value: fieldOf[field] } : {}),
          window: days === null ? { kind: 'all' } : { kind: 'days', days },
        },
      },
    }
  })
}
