/** @file Leases: which worker holds a run, for how long, and what follows when it falls silent. */
import { type Message, message } from '../messages/message.ts'
import type { RunState } from './state.ts'

/** How long a claim holds without a heartbeat, in seconds. */
export const leaseSeconds = 30

/** Three heartbeats to a lease: two may be lost before another worker takes over. */
export const heartbeatSeconds = leaseSeconds / 3

export type LeasedRun = {
  state: RunState
  leaseUntil: string | null
  /** Not to be tried again before this instant (back-off). */
  notBefore?: string | null
}

export const leaseUntil = (now: string, seconds = leaseSeconds): string =>
  new Date(Date.parse(now) + seconds * 1000).toISOString()

export const leaseExpired = (run: LeasedRun, now: string): boolean =>
  run.state === 'running' && (run.leaseUntil === null || Date.parse(run.leaseUntil) <= Date.parse(now))

/** Queued and past its back-off; a running run with an expired lease goes through `afterLeaseExpired` first. */
export const claimable = (run: LeasedRun, now: string): boolean =>
  run.state === 'queued' && (!run.notBefore || Date.parse(run.notBefore) <= Date.parse(now))

export type RetryPolicy = { attempts: number; firstDelaySeconds: number; longestDelaySeconds: number }

export const defaultRetryPolicy: RetryPolicy = { attempts: 3, firstDelaySeconds: 2, longestDelaySeconds: 300 }

export type Recovery =
  | { kind: 'resume'; fromEpoch: number; checkpointId: string; notBefore: string; message: Message }
  | { kind: 'restart'; notBefore: string; message: Message }
  | { kind: 'give-up'; state: 'lost' | 'failed'; message: Message }

/** Seconds to wait before attempt `attempt + 1`: doubling from the first delay up to the longest. */
export const backOffSeconds = (attempt: number, policy = defaultRetryPolicy): number =>
  Math.min(policy.longestDelaySeconds, policy.firstDelaySeconds * 2 ** Math.max(0, attempt - 1))

type Interrupted = {
  /** Attempts begun so far, at least 1. */
  attempt: number
  /** Epochs completed when it stopped, which says what is lost. */
  epochsDone: number
  checkpoint: { id: string; epoch: number } | null
}

/** What follows when a running run's lease expired: resume from its checkpoint, start over, or give up. */
export const afterLeaseExpired = (
  run: Interrupted,
  now: string,
  policy: RetryPolicy = defaultRetryPolicy,
): Recovery => {
  if (run.attempt >= policy.attempts)
    return { kind: 'give-up', state: 'lost', message: message('run.lost', { attempts: run.attempt }) }
  const notBefore = leaseUntil(now, backOffSeconds(run.attempt, policy))
  return run.checkpoint === null
    ? { kind: 'restart', notBefore, message: message('run.restart', { epochs: run.epochsDone }) }
    : {
        kind: 'resume',
        fromEpoch: run.checkpoint.epoch,
        checkpointId: run.checkpoint.id,
        notBefore,
        message: message('run.resume', {
          epoch: run.checkpoint.epoch,
          lost: Math.max(0, run.epochsDone - run.checkpoint.epoch),
        }),
      }
}

/** What follows an error of the run itself: transient ones are tried again, others end the run. */
export const afterFailure = (
  run: Interrupted & { transient: boolean },
  now: string,
  policy: RetryPolicy = defaultRetryPolicy,
): Recovery =>
  run.transient && run.attempt < policy.attempts
    ? afterLeaseExpired(run, now, policy)
    : { kind: 'give-up', state: 'failed', message: message('run.failed', { attempts: run.attempt }) }
