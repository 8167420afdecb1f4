/** @file Keeps every running sweep going: after each event of its runs, and every few seconds. */
import type { Context } from '../context.ts'
import { advanceSweep } from './advance.ts'
import { sweepOfRun, sweeps } from './store.ts'

const LOOK_MS = 2000
/** New points are looked at this often, so that a hopeless run does not go on for long. */
const POINTS_MS = 500
const ends = new Set(['run.finished', 'run.failed', 'run.cancelled', 'run.lost'])

export interface SweepDriver {
  close(): Promise<void>
}

export function driveSweeps(context: Context): SweepDriver {
  const { db, bus, log } = context
  const waiting = new Set<string>()
  let closing = false
  let working = Promise.resolve()

  const wake = (id: string) => {
    if (closing || waiting.has(id)) return
    waiting.add(id)
    working = working.then(async () => {
      waiting.delete(id)
      if (closing) return
      try {
        await advanceSweep(context, id)
      } catch (error) {
        // tried again at the next look
        log.warn({ err: error, sweep: id }, 'a sweep could not go on')
      }
    })
  }
  const look = async () => {
    for (const sweep of await sweeps.newest(db)) if (sweep.state === 'running') wake(sweep.id)
  }
  /** Sweeps by their runs; null for a run that is no trial. */
  const sweepOf = new Map<string, string | null>()
  const wokenAt = new Map<string, number>()
  const onPoints = async (run: string) => {
    if (!sweepOf.has(run)) {
      if (sweepOf.size > 10_000) sweepOf.clear()
      sweepOf.set(run, await sweepOfRun(db, run))
    }
    const sweep = sweepOf.get(run)
    const now = context.now().getTime()
    if (!sweep || now - (wokenAt.get(sweep) ?? 0) < POINTS_MS) return
    wokenAt.set(sweep, now)
    wake(sweep)
  }
  const safely = (work: Promise<unknown>) => work.catch((error) => log.error(error))
  const leave = bus.subscribe(({ kind, id }) => {
    if (kind === 'run.metrics') void safely(onPoints(id))
    if (ends.has(kind)) void safely(sweepOfRun(db, id).then((sweep) => sweep !== null && wake(sweep)))
  })
  const timer = setInterval(() => void safely(look()), LOOK_MS)
  void safely(look())
  return {
    async close() {
      closing = true
      clearInterval(timer)
      leave()
      await working
    },
  }
}
