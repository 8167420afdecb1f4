/** @file Lets indicators raise and lower their risks as the measures they watch move. */
import type { Indicator, Point } from '@capstan/api'
import { factorOf, indicatorState } from '@capstan/domain'
import type { Change } from '../context.ts'
import type { MeasureRecord } from '../measures/store.ts'
import { indicators, risks } from './store.ts'

export async function watchRisks(change: Change, measure: MeasureRecord, { value }: Point): Promise<void> {
  for (const indicator of await indicators.list(change.db)) {
    if (indicator.measureId === measure.id) await updateIndicator(change, indicator, measure, value)
  }
}

/** A risk with several indicators follows the worst of them. */
export async function updateIndicator(
  change: Change,
  indicator: Indicator,
  { direction, name }: MeasureRecord,
  value: number,
): Promise<void> {
  const state = indicatorState(value, { ...indicator, direction })
  await indicators.change(change.db, indicator.id, (i) => ({ ...i, state, value }))
  if (state === indicator.state) return
  const siblings = (await indicators.list(change.db)).filter(({ riskId }) => riskId === indicator.riskId)
  const frequencyFactor = Math.max(...siblings.map((i) => factorOf(i.state)))
  const risk = await risks.change(change.db, indicator.riskId, (r) => ({ ...r, frequencyFactor }))
  await change.record('indicator', 'turned', indicator.id, {
    risk: risk.name,
    measure: name,
    from: indicator.state,
    to: state,
    frequencyFactor,
  })
}
