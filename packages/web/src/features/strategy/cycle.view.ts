/** @file A cycle as a form holds it: days where the reader is, and the states it may go to. */
import type { Cycle } from '@capstan/api'
import { cycleMoveRefusal } from '@capstan/domain'
import { dayOf } from '../../ui/day.ts'

type State = Cycle['state']
type Period = NonNullable<Cycle['period']>

export const periods: readonly Period[] = ['week', 'fortnight', 'month', 'quarter']

export interface CycleFields {
  name: string
  start: string
  end: string
  period: Period
  state: State
}

const DAY_MS = 864e5
/** Of the first cycle, where none before it tells how long they are here. */
const FIRST_DAYS = 84

/** @param last the newest cycle: another one is as long, and counts by the same periods */
export const cycleFields =
  (now: Date, last: Cycle | undefined) =>
  (cycle: Cycle | null): CycleFields => ({
    name: cycle?.name ?? '',
    start: dayOf(cycle?.start ?? now.toISOString()),
    end: dayOf(cycle?.end ?? new Date(now.getTime() + lengthOf(last)).toISOString()),
    period: cycle?.period ?? last?.period ?? 'week',
    state: cycle?.state ?? 'planning',
  })

const lengthOf = (cycle: Cycle | undefined): number =>
  cycle ? Date.parse(cycle.end) - Date.parse(cycle.start) : FIRST_DAYS * DAY_MS

/** @param cycle as it is: a day that was left alone keeps its hour */
export const cycleBody =
  (cycle: Pick<Cycle, 'start' | 'end'> | null) =>
  ({ name, start, end, period }: CycleFields) => ({
    ...{ name, period },
    start: instantOf(start, '00:00:00', cycle?.start),
    end: instantOf(end, '23:59:59', cycle?.end),
  })

function instantOf(day: string, time: string, known: string | undefined): string {
  if (known !== undefined && dayOf(known) === day) return known
  const at = new Date(`${day}T${time}`)
  return Number.isNaN(at.getTime()) ? day : at.toISOString()
}

/** The states that a form offers; closing is for good, and has a button of its own. */
export const statesOf = ({ name, state }: Cycle): State[] =>
  (['planning', 'running', 'review'] as const).filter((to) => cycleMoveRefusal(name, state, to) === null)

export const mayClose = ({ name, state }: Cycle): boolean =>
  state !== 'closed' && cycleMoveRefusal(name, state, 'closed') === null
