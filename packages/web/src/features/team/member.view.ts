/** @file What a member can do and when they are away, as a form holds it. */
import type { Member } from '@capstan/api'
import { required, type Typed } from '../../ui/form/fields.ts'

type Absence = NonNullable<Member['absences']>[number]

export interface MemberFields {
  skills: string[]
  daysPerPeriod: Typed
  absences: Absence[]
}

export const memberFields = (member: Member | null): MemberFields => ({
  skills: member?.skills ?? [],
  daysPerPeriod: member?.daysPerPeriod ?? '',
  absences: member?.absences ?? [],
})

export const memberBody = ({ skills, daysPerPeriod, absences }: MemberFields) => ({
  ...{ skills, absences },
  daysPerPeriod: required(daysPerPeriod),
})

/** Absences that are not over, the next one first. @param today `2026-03-01` */
export const awayFrom = (today: string, { absences }: Pick<Member, 'absences'>): Absence[] =>
  (absences ?? []).filter(({ to }) => to >= today).sort((a, b) => a.from.localeCompare(b.from))
