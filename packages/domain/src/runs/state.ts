/** @file The states of a run, and which may follow which. */
import { type Message, message } from '../messages/message.ts'

export type RunState = 'queued' | 'running' | 'finished' | 'failed' | 'cancelled' | 'lost'

/** What failed, was lost or was cancelled may be queued again (it resumes from its checkpoint); a finished run stays as it is. */
export const runMoves = {
  queued: ['running', 'cancelled'],
  running: ['finished', 'failed', 'cancelled', 'lost', 'queued'],
  finished: [],
  failed: ['queued'],
  cancelled: ['queued'],
  lost: ['queued'],
} as const satisfies Record<RunState, readonly RunState[]>

export const runEnded = (state: RunState): boolean => state !== 'queued' && state !== 'running'

/** Why a run may not move to a state; null when it may. */
export const runRefusal = (from: RunState, to: RunState): Message | null =>
  (runMoves[from] as readonly RunState[]).includes(to) ? null : message('run.move', { from, to })
