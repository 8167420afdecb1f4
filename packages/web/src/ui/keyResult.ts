/** @file How a key result stands: met, not yet, not in time, or nothing measured. */
import type { KeyResultView } from '@capstan/api'
import type { Tone } from './icons.tsx'

export type KeyResultState = 'met' | 'missed' | 'failed' | 'unknown'

/** @param over its time is up whatever its due date says: the cycle it belongs to is closed */
export const keyResultState = (
  { met, due }: Pick<KeyResultView, 'met' | 'due'>,
  now: number = Date.now(),
  over = false,
): KeyResultState => {
  if (met === null) return 'unknown'
  if (met) return 'met'
  return over || Date.parse(due) <= now ? 'failed' : 'missed'
}

export const keyResultTone = {
  met: 'good',
  missed: 'watch',
  failed: 'bad',
  unknown: 'open',
} as const satisfies Record<KeyResultState, Tone>
