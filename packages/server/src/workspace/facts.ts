/** @file The facts of the workspace, kept in its database, beside those of the machine. */
import type { Workspace } from '@capstan/api'
import type { Context } from '../context.ts'
import { readMeta, writeMeta } from '../database/meta.ts'
import type { Db } from '../database/records.ts'

type Facts = Omit<Workspace, 'machine' | 'capstanVersion'>

const KEY = 'workspace'

/** Writes the facts of a new workspace. @returns whether it was new */
export async function ensureWorkspace(db: Db, fresh: Facts): Promise<boolean> {
  if (await readMeta<Facts>(db, KEY)) return false
  await writeMeta(db, KEY, fresh)
  return true
}

export async function readFacts(db: Db): Promise<Facts> {
  const facts = await readMeta<Facts>(db, KEY)
  if (!facts) throw new Error('internal: the workspace has no facts')
  // workspaces of earlier versions had no time zone
  return { ...facts, timeZone: facts.timeZone ?? 'UTC' }
}

export async function readWorkspace({ db, machine, version }: Context): Promise<Workspace> {
  return { ...(await readFacts(db)), machine, capstanVersion: version }
}

export async function changeWorkspace(db: Db, change: Partial<Facts>): Promise<void> {
  await writeMeta(db, KEY, { ...(await readFacts(db)), ...change })
}
