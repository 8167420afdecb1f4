/** @file Measures and overrides as they are kept, and what each is made of. */
import type { Measure, MeasureOverride, MeasureQuery } from '@capstan/api'
import { type Query, queryOf } from '@capstan/domain'
import { type Revised, recordStore } from '../database/records.ts'
import type { Head } from '../histories/store.ts'

/** `archived` is missing in records of earlier versions. */
export type MeasureRecord = Omit<Measure, 'state' | 'latest' | 'notice' | 'revision' | 'archived'> & {
  archived?: boolean
}
export type Kept = MeasureRecord & Revised
export type OverrideRecord = Omit<MeasureOverride, 'revision'> & {
  /** Its end has come and was told. */
  ended?: boolean
}

export const measures = recordStore<MeasureRecord>('measures', 'measure')
export const overrides = recordStore<OverrideRecord>('measure_overrides', 'override')

/** The question of a measure that folds facts; null of those typed in or made of others. */
export function askedOf({ query }: Pick<MeasureRecord, 'query'>): Query | null {
  switch (query.source) {
    case 'query':
      return query
    case 'evaluation':
    case 'endpoint':
    case 'ledger':
      return queryOf(query)
    default:
      return null
  }
}

/** The measures that one is made of. */
export const madeOf = (query: MeasureQuery): readonly string[] =>
  query.source === 'margin' ? [query.measureId] : query.source === 'formula' ? query.measureIds : []

/** All that measures stand on, read at once. */
export interface Standing {
  records: ReadonlyMap<string, Kept>
  heads: ReadonlyMap<string, Head>
  /** In force, the newest of each last. */
  overrides: readonly (OverrideRecord & Revised)[]
}
