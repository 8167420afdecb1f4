/** @file Spools that ended processes left behind, and their delivery. */
import { readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { backOff, deliver } from './deliver.ts'
import { isAlive } from './owner.ts'
import { aboutSpool, removeSpool } from './spool.ts'

/** Where spools are kept unless told otherwise: `CAPSTAN_SPOOL`, else `.capstan/spool` in the home folder. */
export const spoolRoot = (env: Record<string, string | undefined> = process.env): string =>
  env.CAPSTAN_SPOOL || join(homedir(), '.capstan', 'spool')

export interface Leftover {
  folder: string
  session: string
  name: string
  server: string
}

/** Spools whose process is gone, oldest first. @param server only those that were meant for it */
export function leftovers(root: string, server?: string): Leftover[] {
  let names: string[]
  try {
    names = readdirSync(root).sort()
  } catch {
    return []
  }
  return names.flatMap((name) => {
    const folder = join(root, name)
    const about = aboutSpool(folder)
    if (!about || isAlive(about.owner) || (server !== undefined && about.server !== server)) return []
    return [{ folder, session: about.session, name: about.open.name, server: about.server }]
  })
}

export interface SyncReport {
  session: string
  name: string
  runNumber: number | null
  delivered: number
  rejected: number
  reason: string | null
  /** False: some of it is still in the spool, because the server cannot be reached. */
  complete: boolean
}

/**
 * Delivers one leftover spool, marks its run as lost unless it had finished, and removes the spool when all of it
 * has arrived. Two who deliver the same one do no harm: the server counts each record once.
 * @param attempts in vain before giving up
 */
export async function deliverLeftover(
  { folder, session, name }: Leftover,
  options: { server: string; token?: string | undefined; attempts?: number; signal?: AbortSignal },
): Promise<SyncReport> {
  const delivery = deliver({ folder, server: options.server, token: options.token, ended: true })
  let failures = 0
  let complete = false
  try {
    while (!options.signal?.aborted) {
      const outcome = await delivery.step()
      if (outcome === 'idle') {
        complete = true
        break
      }
      failures = outcome === 'sent' ? 0 : failures + 1
      if (outcome === 'refused' || failures >= (options.attempts ?? 4)) break
      if (failures > 0) await new Promise((resume) => setTimeout(resume, backOff(failures)))
    }
  } finally {
    delivery.close()
  }
  if (complete) removeSpool(folder)
  return {
    session,
    name,
    runNumber: delivery.session?.runNumber ?? null,
    delivered: delivery.delivered,
    rejected: delivery.rejected.count,
    reason: delivery.rejected.reason ?? delivery.trouble,
    complete,
  }
}
