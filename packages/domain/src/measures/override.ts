/** @file Overrides: a person's number in place of a measured one, signed, visible and withdrawable. */
import { type Message, message } from '../messages/message.ts'
import type { Point } from './measure.ts'

export type Override = {
  id: string
  /** The point it stands in for; null: whatever is the latest. */
  point: string | null
  value: number
  note: string
  /** Who signed it. */
  by: string
  at: string
  /** The first instant at which it no longer holds; null: until it is withdrawn. */
  until: string | null
  withdrawn: { by: string; at: string; note: string } | null
}

export const inForce = ({ until, withdrawn }: Override, now: string): boolean =>
  withdrawn === null && (until === null || until > now)

export function overrideRefusal(until: string | null, now: string): Message | null {
  return until !== null && until <= now ? message('measure.overrideUntil', { until }) : null
}

export function withdrawalRefusal({ withdrawn }: Override): Message | null {
  return withdrawn === null ? null : message('measure.withdrawn', { at: withdrawn.at })
}

/** A point as it is shown: the person's value in front, the one it replaces kept behind it. */
export const overridden = <P extends Point>(point: P | null, by: Override): Point => {
  const { standardError: _, ...rest } = point ?? { at: by.at }
  return {
    ...rest,
    value: by.value,
    origin: 'typed',
    evidence: { noun: 'member', id: by.by, note: by.note },
    override: {
      id: by.id,
      at: by.at,
      until: by.until,
      replaced:
        point === null ? null : { value: point.value, origin: point.origin, evidence: point.evidence },
    },
  }
}
