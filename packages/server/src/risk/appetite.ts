/** @file The risk appetite against the newest simulation, and what it says to a release. */
import type { RiskAppetite } from '@capstan/api'
import { appetiteReleaseRefusal, appetiteStanding, type Message } from '@capstan/domain'
import type { Db } from '../database/records.ts'
import { fingerprintOf, readRegister } from './register.ts'
import { APPETITE, appetites, simulations } from './store.ts'

/** Losses that every simulation counts the chance of. */
export async function appetiteLimits(db: Db): Promise<number[]> {
  return ((await appetites.find(db, APPETITE))?.points ?? []).map(({ loss }) => loss)
}

export async function viewAppetite(db: Db, at: string): Promise<RiskAppetite | null> {
  const record = await appetites.find(db, APPETITE)
  if (!record) return null
  const { id: _, ...appetite } = record
  const [newest] = await simulations.newest(db, 1)
  const points = newest ? appetiteStanding(newest.exceedance, record.points, newest.limits) : []
  const fingerprint = fingerprintOf(
    await readRegister(db, at),
    record.points.map(({ loss }) => loss),
  )
  const simulated = !newest ? 'never' : newest.fingerprint === fingerprint ? 'now' : 'stale'
  const refusal = appetiteReleaseRefusal(
    simulated === 'now' ? { simulated, standing: points } : { simulated },
  )
  return { ...appetite, standing: { simulated, simulationId: newest?.id ?? null, points, refusal } }
}

/** Why nothing may go to production now; null when it may, or when no appetite gates releases. */
export async function releaseRefusal(db: Db, at: string): Promise<Message | null> {
  const appetite = await viewAppetite(db, at)
  return appetite?.gatesReleases ? (appetite.standing.refusal as Message | null) : null
}
