/** @file What moved in a time: measures by their histories, and the forecasts of key results. */
import { forecastKeyResult, message, type Point, pageOf, type ReportLine } from '@capstan/domain'
import { openCycle } from '../cycles/store.ts'
import type { Db } from '../database/records.ts'
import { measures, pointsOf } from '../measures/store.ts'
import { keyResultsOf } from '../strategy/store.ts'
import type { Span } from './gather.ts'

const lastBefore = (points: readonly Point[], at: string): Point | undefined =>
  points.findLast((point) => point.at < at)

/** A share has no unit to say. */
const unitOf = (unit: string): string => (unit === '1' ? '' : unit)

export async function measureLines(db: Db, { from, until }: Span): Promise<ReportLine[]> {
  const lines: ReportLine[] = []
  for (const { id, name, unit, archived } of await measures.list(db)) {
    if (archived) continue
    const points = await pointsOf(db, id)
    const [before, after] = [lastBefore(points, from), lastBefore(points, until)]
    if (!after || after.at < from || after.value === before?.value) continue
    const values = { name, after: after.value, unit: unitOf(unit) }
    const said = before
      ? message('report.measure.moved', { ...values, before: before.value })
      : message('report.measure.first', values)
    lines.push({ message: said, page: pageOf('measure', id) })
  }
  return lines
}

/** The chance as it was forecast at the beginning, and at the end, each from what was known then. */
export async function forecastLines(db: Db, { from, until, at }: Span): Promise<ReportLine[]> {
  const cycle = await openCycle(db)
  if (!cycle) return []
  const lines: ReportLine[] = []
  for (const view of await keyResultsOf(db, cycle.id, at)) {
    const points = await pointsOf(db, view.measureId)
    const chanceAt = (now: string): number | null =>
      forecastKeyResult({
        points: points.filter((point) => point.at <= now),
        baseline: view.baseline ?? points[0]?.value ?? view.target,
        ...{ target: view.target, direction: view.measure.direction, scale: view.measure.scale },
        ...{ due: view.due, now },
      }).chance
    const [before, after] = [chanceAt(from), chanceAt(at)]
    const value = lastBefore(points, until)?.value
    const { title, target } = view
    const unit = unitOf(view.measure.unit)
    const page = pageOf('measure', view.measureId)
    const said =
      value === undefined
        ? message('report.keyResult.none', { title, target, unit })
        : after === null
          ? message('report.keyResult.value', { title, value, target, unit })
          : before === null
            ? message('report.keyResult.first', { title, value, target, unit, after })
            : message('report.keyResult.moved', { title, value, target, unit, before, after })
    lines.push({ message: said, page })
  }
  return lines
}
