/** @file What was used, as the form holds it that charges it. */
import type { Pool } from '@capstan/api'
import { dayOf } from '../../ui/day.ts'
import { required, type Typed } from '../../ui/form/fields.ts'

export interface ChargeFields {
  poolId: string
  initiativeId: string
  memberId: string
  quantity: Typed
  /** A day where the reader is. */
  day: string
  note: string
}

export const chargeFields = (pools: readonly Pool[]) => (): ChargeFields => ({
  ...{ poolId: pools[0]?.id ?? '', initiativeId: '', memberId: '', quantity: '', note: '' },
  day: dayOf(new Date().toISOString()),
})

/** @param now what was used today is used by now; on another day, at noon */
export function chargeBody({ initiativeId, memberId, quantity, day, ...rest }: ChargeFields, now: Date) {
  const noon = new Date(`${day}T12:00:00`)
  const at = Number.isNaN(noon.getTime()) ? day : noon.toISOString()
  return {
    ...{ poolId: rest.poolId, note: rest.note, quantity: required(quantity) },
    ...{ initiativeId: initiativeId || null, memberId: memberId || null },
    ...(day === dayOf(now.toISOString()) ? {} : { at }),
  }
}
