/** @file Cycles, and which one is turning. */
import { CapstanError, type Cycle } from '@capstan/api'
import { type Db, recordStore } from '../database/records.ts'

export const cycles = recordStore<Cycle>('cycles', 'cycle')

/** The newest cycle that is not closed. */
export async function openCycle(db: Db): Promise<Cycle | null> {
  return (await cycles.newest(db)).find(({ state }) => state !== 'closed') ?? null
}

/** @throws {CapstanError} `request/not-found` */
export async function requireOpenCycle(db: Db): Promise<Cycle> {
  const cycle = await openCycle(db)
  if (!cycle) throw new CapstanError('request/not-found', { noun: 'cycle', id: 'open' })
  return cycle
}
