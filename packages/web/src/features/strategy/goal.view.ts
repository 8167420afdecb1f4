/** @file Objectives and key results as forms hold them; days as people write them. */
import type { Cycle, KeyResultView, Objective } from '@capstan/api'
import { dayOf } from '../../ui/day.ts'
import { numberOf, required, type Typed } from '../../ui/form/fields.ts'

export interface ObjectiveFields {
  title: string
  ownerId: string
  cycleId: string
}

export const objectiveFields = (objective: Objective | null): ObjectiveFields => ({
  title: objective?.title ?? '',
  ownerId: objective?.ownerId ?? '',
  cycleId: objective?.cycleId ?? '',
})

export const objectiveBody = ({ title, ownerId }: ObjectiveFields) => ({ title, ownerId: ownerId || null })

export interface KeyResultFields {
  title: string
  measureId: string
  baseline: Typed
  target: Typed
  /** A day where the reader is. */
  due: string
}

export const keyResultFields =
  (end: string | undefined) =>
  (result: KeyResultView | null): KeyResultFields => ({
    title: result?.title ?? '',
    measureId: result?.measureId ?? '',
    baseline: result?.baseline ?? '',
    target: result?.target ?? '',
    due: dayOf(result?.due ?? end ?? ''),
  })

/** @param end of the cycle: nothing is due after it, also on its last day */
export const keyResultBody = (end: string | undefined) => (fields: KeyResultFields) => ({
  title: fields.title,
  baseline: numberOf(fields.baseline),
  target: required(fields.target),
  due: dueOf(fields.due, end),
})

/** The end of a day where the reader is; that of the cycle on its last day. */
function dueOf(day: string, end: string | undefined): string {
  if (end !== undefined && day === dayOf(end)) return end
  const at = new Date(`${day}T23:59:59`)
  return Number.isNaN(at.getTime()) ? day : at.toISOString()
}

export const openCycles = (cycles: readonly Cycle[]): Cycle[] =>
  cycles.filter(({ state }) => state !== 'closed')
