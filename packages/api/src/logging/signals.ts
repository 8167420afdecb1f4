/** @file What a training loop and the thread that sends for it tell each other. */

/** Places in the shared array of 32-bit integers. */
export const slots = {
  /** Set by the loop: send what there is, then end. */
  stop: 0,
  /** Set by the sender: everything has arrived. */
  done: 1,
  /** Number of the last record in the database. */
  applied: 2,
  /** Of delivered segments that were removed. */
  freedKiB: 3,
  /** Number of the run; 0 until the server has told it. */
  run: 4,
  /** Records that the server would not take. */
  rejected: 5,
} as const

export const SLOTS = 8

export interface SenderData {
  folder: string
  root: string
  server: string
  token: string | undefined
  signals: SharedArrayBuffer
}

export type SenderNote =
  | { kind: 'away' | 'refused' | 'rejected'; reason: string }
  | { kind: 'back' }
  | { kind: 'done' }
