/** @file The queue of runs: which one starts next, and why the others wait. */
import { type Message, message } from '../messages/message.ts'

/** What a run holds of a machine while it runs. */
export type Needs = { cores: number; memoryBytes: number; gpus: number }

/** A queued run, as far as its turn depends on it. */
export type WaitingRun = {
  id: string
  /** Counts up with every run: the older of two has the smaller number. */
  number: number
  initiativeId: string | null
  /** Higher goes first; 0 unless somebody asked for more or less. */
  priority: number
  queuedAt: string
  /** Back-off of a retry. */
  notBefore: string | null
  /** Waits for somebody's approval. */
  held: boolean
  needs: Needs
}

/** What an initiative was promised and what it has had, in one unit. */
export type FairShare = { weight: number; used: number }

export type QueuePolicy = {
  /** A wait of so long lifts a run by one level of priority. */
  agingSeconds: number
  /** A run that has waited so long and does not fit is waited for: nothing overtakes it any more. */
  reserveSeconds: number
}

export const defaultQueuePolicy: QueuePolicy = { agingSeconds: 1800, reserveSeconds: 600 }

export type Queue = {
  waiting: readonly WaitingRun[]
  /** By initiative; one that is missing has had nothing and counts as much as the smallest. */
  shares: ReadonlyMap<string | null, FairShare>
  machine: { total: Needs; free: Needs }
  now: string
}

export type NextRun =
  | { kind: 'start'; run: WaitingRun }
  /** Room is kept for a run that has waited long enough. */
  | { kind: 'reserve'; run: WaitingRun }
  | { kind: 'none' }

/**
 * The run that starts next on a machine. Higher priority goes first; among equals the initiative that has had
 * the least of its share (used / weight), then the older run. Waiting lifts a priority, but never above the
 * highest that waits: so nothing starves, and a queue of equals is shared by weight whatever its age.
 */
export const nextTurn = (queue: Queue, policy = defaultQueuePolicy): NextRun => {
  for (const run of ranked(queue, policy)) {
    if (!fits(run.needs, queue.machine.total)) continue
    if (fits(run.needs, queue.machine.free)) return { kind: 'start', run }
    if (waited(run, queue.now) >= policy.reserveSeconds) return { kind: 'reserve', run }
  }
  return { kind: 'none' }
}

/** Why a queued run has not started, on a machine of this size. */
export const whyWaiting = (run: WaitingRun, queue: Queue, policy = defaultQueuePolicy): Message => {
  const { total, free } = queue.machine
  if (run.held) return message('queue.approval', {})
  if (!ready(run, queue.now)) return message('queue.later', { at: run.notBefore! })
  if (!fits(run.needs, total)) return message('queue.never', slots(run.needs, total))
  if (!fits(run.needs, free)) return message('queue.room', slots(run.needs, free))
  const before = ranked(queue, policy).findIndex(({ id }) => id === run.id)
  return message('queue.turn', { before: Math.max(0, before) })
}

export const fits = (needs: Needs, room: Needs): boolean =>
  needs.cores <= room.cores && needs.memoryBytes <= room.memoryBytes && needs.gpus <= room.gpus

/** What is left of a machine beside the runs on it; never less than nothing. */
export const roomLeft = (total: Needs, held: readonly Needs[]): Needs => ({
  cores: Math.max(0, total.cores - sum(held, 'cores')),
  memoryBytes: Math.max(0, total.memoryBytes - sum(held, 'memoryBytes')),
  gpus: Math.max(0, total.gpus - sum(held, 'gpus')),
})

/** The larger of its parts of cores and GPUs: what a run takes away from others on its machine, 0 to 1. */
export const shareOfMachine = (needs: Needs, total: Needs): number =>
  Math.min(
    1,
    Math.max(total.cores > 0 ? needs.cores / total.cores : 1, total.gpus > 0 ? needs.gpus / total.gpus : 0),
  )

function ranked({ waiting, shares, now }: Queue, { agingSeconds }: QueuePolicy): WaitingRun[] {
  const candidates = waiting.filter((run) => !run.held && ready(run, now))
  const highest = candidates.reduce(
    (most, { priority }) => Math.max(most, priority),
    Number.NEGATIVE_INFINITY,
  )
  const levels = new Map(
    candidates.map((run) => [
      run.id,
      Math.min(highest, run.priority + Math.floor(waited(run, now) / agingSeconds)),
    ]),
  )
  const smallest = Math.min(...[...shares.values()].map(({ weight }) => weight).filter((w) => w > 0))
  const hadOf = (initiativeId: string | null) => {
    const { weight, used } = shares.get(initiativeId) ?? { weight: 0, used: 0 }
    return used / (weight > 0 ? weight : Number.isFinite(smallest) ? smallest : 1)
  }
  return candidates.sort(
    (a, b) =>
      levels.get(b.id)! - levels.get(a.id)! ||
      hadOf(a.initiativeId) - hadOf(b.initiativeId) ||
      a.number - b.number,
  )
}

const ready = ({ notBefore }: WaitingRun, now: string): boolean =>
  notBefore === null || Date.parse(notBefore) <= Date.parse(now)

/** A clock that was set back makes nobody wait a negative time. */
const waited = ({ queuedAt }: WaitingRun, now: string): number =>
  Math.max(0, (Date.parse(now) - Date.parse(queuedAt)) / 1000)

const sum = (held: readonly Needs[], key: keyof Needs): number =>
  held.reduce((total, needs) => total + needs[key], 0)

const slots = (needs: Needs, room: Needs) => ({
  cores: needs.cores,
  memory: gibibytes(needs.memoryBytes),
  gpus: needs.gpus,
  hasCores: room.cores,
  hasMemory: gibibytes(room.memoryBytes),
  hasGpus: room.gpus,
})

const gibibytes = (bytes: number): number => bytes / 2 ** 30
