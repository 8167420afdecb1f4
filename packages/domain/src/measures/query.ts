/** @file A measure's question: which facts it takes, which number of them, folded how, over which window. */
import type { Fact, FactSource } from './fact.ts'
import type { Evidence, Origin } from './measure.ts'

export type Statistic =
  | 'latest'
  | 'best'
  | 'min'
  | 'max'
  | 'count'
  | 'sum'
  | 'mean'
  | 'median'
  | 'quantile'
  | 'share'
  | 'rate'
  | 'age'

/** A word is, or is not, one of several; a number lies within bounds that both count as inside. */
export type Condition =
  | { field: string; is: readonly string[] }
  | { field: string; isNot: readonly string[] }
  | { field: string; atLeast?: number | undefined; atMost?: number | undefined }

/** `days`: today and the days before it, `days` in all, by the workspace's calendar; `cycle`: since the cycle began. */
export type Window = { kind: 'all' } | { kind: 'days'; days: number } | { kind: 'cycle' }

export type Query = {
  of: FactSource
  where: readonly Condition[]
  /** The number that is folded; of count, share and age there is none, of rate only when it adds up a number. */
  value?: string | undefined
  statistic: Statistic
  /** Of a quantile: 0 to 1. */
  quantile?: number | undefined
  /** Of a share: which of the facts count. */
  part?: readonly Condition[] | undefined
  window: Window
}

/** The questions that are asked most, in short. */
export type Preset =
  | {
      source: 'evaluation'
      statistic: 'accuracy' | 'loss' | 'calibration-error'
      datasetId?: string | undefined
      initiativeId?: string | undefined
    }
  | { source: 'endpoint'; statistic: 'p50' | 'p95' | 'p99'; endpointName?: string | undefined }
  | { source: 'ledger'; statistic: 'burn'; poolId: string; initiativeId?: string | undefined }

/** One fact as a history takes it. */
export type Input = {
  at: string
  /** Unique in a history, and the order of what happened at one instant. */
  key: string
  value: number
  error?: number | undefined
  /** Of a share: whether it counts. */
  hit: boolean
  origin: Origin
  evidence: Evidence
}

/** A preset written out. */
export const queryOf = (preset: Preset): Query => {
  const is = (field: string, id: string | undefined): Condition[] =>
    id === undefined ? [] : [{ field, is: [id] }]
  const base = { value: preset.statistic, statistic: 'latest', window: { kind: 'all' } } as const
  switch (preset.source) {
    case 'evaluation':
      return {
        ...base,
        of: 'evaluation',
        where: [...is('dataset', preset.datasetId), ...is('initiative', preset.initiativeId)],
      }
    case 'endpoint':
      return { ...base, of: 'endpoint', where: is('endpoint', preset.endpointName) }
    case 'ledger':
      return {
        ...base,
        of: 'ledger',
        where: [...is('pool', preset.poolId), ...is('initiative', preset.initiativeId)],
      }
  }
}

/** A fact without the word is none of those named. */
export const holds = (condition: Condition, fact: Fact): boolean => {
  if ('is' in condition) return condition.is.includes(fact.words[condition.field] ?? '')
  if ('isNot' in condition) return !condition.isNot.includes(fact.words[condition.field] ?? '')
  const value = fact.numbers[condition.field]
  if (value === undefined) return false
  return value >= (condition.atLeast ?? -Infinity) && value <= (condition.atMost ?? Infinity)
}

/** What a history takes of a fact; null when the question does not concern it. */
export const inputOf = (query: Query, fact: Fact): Input | null => {
  if (fact.source !== query.of || !query.where.every((condition) => holds(condition, fact))) return null
  const value = query.value === undefined ? 1 : fact.numbers[query.value]
  if (value === undefined || !Number.isFinite(value)) return null
  const error = query.value === undefined ? undefined : fact.errors?.[query.value]
  return {
    at: fact.at,
    key: `${fact.source}:${fact.id}`,
    value,
    ...(error === undefined ? {} : { error }),
    hit: (query.part ?? []).every((condition) => holds(condition, fact)),
    origin: fact.origin,
    evidence: fact.evidence,
  }
}

/** Identifiers that the filters name, by the field they stand in: what a measure is lost without. */
export const namedBy = (query: Query): { field: string; id: string }[] =>
  query.where.flatMap((condition) =>
    'is' in condition ? condition.is.map((id) => ({ field: condition.field, id })) : [],
  )
