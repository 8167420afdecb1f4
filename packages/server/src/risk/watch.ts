/** @file Lets indicators raise and lower their risks as the measures they watch move. */
import type { Point } from '@capstan/api'
import { factorOf, indicatorState } from '@capstan/domain'
import type { Change } from '../context.ts'
import type { Revised } from '../database/records.ts'
import type { MeasureRecord } from '../measures/store.ts'
import { type IndicatorRecord, indicators, risks } from './store.ts'

/** @param point null when the measure has no value any more */
export async function watchRisks(
  change: Change,
  measure: MeasureRecord,
  point: Pick<Point, 'value'> | null,
): Promise<void> {
  for (const indicator of await indicators.list(change.db)) {
    if (indicator.measureId === measure.id)
      await updateIndicator(change, indicator, measure, point?.value ?? null)
  }
}

export async function updateIndicator(
  change: Change,
  indicator: IndicatorRecord & Revised,
  { direction, name }: Pick<MeasureRecord, 'direction' | 'name'>,
  value: number | null,
): Promise<void> {
  const said = indicatorState(value, { ...indicator, direction }, indicator.said)
  if (said === indicator.said && value === indicator.value) return
  await indicators.change(change.db, indicator.id, (i) => ({ ...i, said, value }))
  if (said === indicator.said) return
  const { risk, frequencyFactor } = await followIndicators(change, indicator.riskId)
  await change.record('indicator', 'turned', indicator.id, {
    ...{ risk, measure: name, from: indicator.said, to: said, frequencyFactor },
  })
}

/** A risk with several indicators follows the worst of them. */
export async function followIndicators(
  { db }: Pick<Change, 'db'>,
  riskId: string,
): Promise<{ risk: string; frequencyFactor: number }> {
  const factors = (await indicators.list(db))
    .filter((one) => one.riskId === riskId)
    .map(({ said, factors }) => factorOf(said, factors))
  const frequencyFactor = factors.length === 0 ? 1 : Math.max(...factors)
  const { name, frequencyFactor: before } = await risks.get(db, riskId)
  if (before !== frequencyFactor) await risks.change(db, riskId, (risk) => ({ ...risk, frequencyFactor }))
  return { risk: name, frequencyFactor }
}
