/** @file What stands on a measure: it cannot go before they do. */
import type { Db } from '../database/records.ts'
import { indicators, risks } from '../risk/store.ts'
import { keyResults } from '../strategy/store.ts'
import { madeOf, measures } from './records.ts'

export interface Hanging {
  noun: 'key-result' | 'indicator' | 'measure'
  id: string
  name: string
}

export async function hangingOn(db: Db, measureId: string): Promise<Hanging[]> {
  const names = new Map((await risks.list(db)).map(({ id, name }) => [id, name]))
  return [
    ...(await keyResults.list(db))
      .filter((one) => one.measureId === measureId)
      .map(({ id, title }) => ({ noun: 'key-result' as const, id, name: title })),
    ...(await indicators.list(db))
      .filter((one) => one.measureId === measureId)
      .map(({ id, riskId }) => ({ noun: 'indicator' as const, id, name: names.get(riskId) ?? id })),
    ...(await measures.list(db))
      .filter(({ archived, query }) => !archived && madeOf(query).includes(measureId))
      .map(({ id, name }) => ({ noun: 'measure' as const, id, name })),
  ]
}
