/** @file Makes whoever guesses passwords wait: counted per name, per address and per both, before a guess is heard. */
import { createHash } from 'node:crypto'
import { CapstanError } from '@capstan/api'
import { FORGET_SECONDS, throttleLimits, waitAfter } from '@capstan/domain'
import ipaddr from 'ipaddr.js'
import type { Db } from '../database/records.ts'
import { failuresOf, forgetFailures, forgetOldFailures, saveFailures } from './store.ts'

export interface Guess {
  /** As it is compared. */
  name: string
  address: string
}

const FORGET_MS = FORGET_SECONDS * 1000
const CLOCKS_DIFFER_MS = 60_000

/** Whoever has an IPv6 network has more addresses than anybody could count. */
function network(address: string): string {
  if (!ipaddr.isValid(address)) return address
  const parsed = ipaddr.process(address)
  return parsed.kind() === 'ipv6' ? (parsed as ipaddr.IPv6).parts.slice(0, 4).join(':') : parsed.toString()
}

/** What was typed as a name may be a password by mistake: only its hash is kept. */
const subjectOf = (kind: string, ...parts: string[]) =>
  `${kind} ${createHash('sha256').update(parts.join('\0')).digest('base64url')}`

const subjectsOf = ({ name, address }: Guess) =>
  ({
    pair: subjectOf('pair', name, network(address)),
    name: subjectOf('name', name),
    address: subjectOf('address', network(address)),
  }) as const

/**
 * To be called before a password is looked at: counts the guess as failed, so that many at once are not heard.
 * @returns how long the next one waits, in seconds
 * @throws {CapstanError} `access/wait`
 */
export async function countGuess(db: Db, guess: Guess, now: Date): Promise<number> {
  const subjects = subjectsOf(guess)
  return db.transaction().execute(async (tx) => {
    await forgetOldFailures(tx, new Date(now.getTime() - FORGET_MS).toISOString())
    const rows = await failuresOf(tx, Object.values(subjects))
    // a clock that was set back locks nobody out
    const past = rows.filter(({ last_at }) => Date.parse(last_at) <= now.getTime() + CLOCKS_DIFFER_MS)
    const known = new Map(past.map((row) => [row.subject, row]))
    const open = Math.max(0, ...[...known.values()].map(({ open_at }) => Date.parse(open_at)))
    if (open > now.getTime())
      throw new CapstanError('access/wait', { seconds: Math.ceil((open - now.getTime()) / 1000) })
    let longest = 0
    const counted = (Object.keys(subjects) as (keyof typeof subjects)[]).map((kind) => {
      const failures = (known.get(subjects[kind])?.failures ?? 0) + 1
      const wait = waitAfter(failures, throttleLimits[kind])
      longest = Math.max(longest, wait)
      const open_at = new Date(now.getTime() + wait * 1000).toISOString()
      return { subject: subjects[kind], failures, last_at: now.toISOString(), open_at }
    })
    await saveFailures(tx, counted)
    return longest
  })
}

/** The guess was right: what was counted of the name is forgotten; of the address, only this once. */
export async function forgiveGuess(db: Db, guess: Guess, now: Date): Promise<void> {
  const subjects = subjectsOf(guess)
  await db.transaction().execute(async (tx) => {
    await forgetFailures(tx, [subjects.pair, subjects.name])
    const [address] = await failuresOf(tx, [subjects.address])
    if (address)
      await saveFailures(tx, [{ ...address, failures: address.failures - 1, open_at: now.toISOString() }])
  })
}
