/** @file Folders that runs of commands have on this machine, and when they go. */
import { readdir, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type RunState, runEnded } from '@capstan/domain'

/** How long what an ended run wrote stays: it may be looked at, and a run that failed may be resumed. */
const KEPT_MS = 7 * 86_400_000

/** The run's own folder: its checkpoints, and its code where that was restored. */
export const scratchOf = (scratch: string, runId: string): string => join(scratch, 'runs', runId)

/** After an attempt: a finished run needs no checkpoint any more, and a folder of nothing is not kept. */
export async function leaveScratch(scratch: string, run: { id: string; state: RunState }): Promise<void> {
  const own = scratchOf(scratch, run.id)
  if (run.state === 'finished') await rm(join(own, 'checkpoint'), { recursive: true, force: true })
  else await rmdir(join(own, 'checkpoint')).catch(() => undefined)
  await rmdir(own).catch(() => undefined)
}

/**
 * Removes the folders of runs that ended long ago, or that this workspace does not know.
 * @returns how many were removed
 */
export async function tidyScratch(
  scratch: string,
  find: (runId: string) => Promise<{ state: RunState; worker: string | null; endedAt: string | null } | null>,
  now: Date,
): Promise<number> {
  const names = await readdir(join(scratch, 'runs')).catch(() => [])
  let removed = 0
  for (const name of names) {
    const run = await find(name)
    if (run) {
      const ended = runEnded(run.state) && run.worker === null && run.endedAt !== null
      if (!ended || now.getTime() - Date.parse(run.endedAt!) < KEPT_MS) continue
    }
    await rm(scratchOf(scratch, name), { recursive: true, force: true })
    removed++
  }
  return removed
}
