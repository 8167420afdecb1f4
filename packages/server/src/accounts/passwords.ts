/** @file Passwords by Argon2id, worked out beside the event loop, few at a time. */

import { CapstanError } from '@capstan/api'
import { normalPassword } from '@capstan/domain'
import { hash, verify } from '@node-rs/argon2'

/**
 * 46 MiB, two passes, one lane: more than twice the least that OWASP names (19 MiB, 2, 1), about 0.1 s of a core.
 * @see RFC 9106, https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
 */
export const argon = { memoryCost: 46 * 1024, timeCost: 2, parallelism: 1 } as const

/** Files of the workspace are read on the same four threads: sign-ins leave them two. */
const AT_A_TIME = 2
/** Who comes after so many is told to come again. */
const MOST_WAITING = 64

export interface Passwords {
  hash(password: string): Promise<string>
  /** A missing hash takes as long as a wrong password. @throws {CapstanError} `access/busy` */
  verify(kept: string | null, password: string): Promise<boolean>
}

export function createPasswords(): Passwords {
  const queue = createQueue()
  const nobody = queue(() => hash('nobody has this password', argon))
  // an error is met by whoever signs in, not by the process
  nobody.catch(() => undefined)
  return {
    hash: (password) => queue(() => hash(normalPassword(password), argon)),
    async verify(kept, password) {
      const against = kept ?? (await nobody)
      const right = await queue(() => verify(against, normalPassword(password)))
      return right && kept !== null
    },
  }
}

function createQueue(): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0
  const waiting: (() => void)[] = []
  return async (work) => {
    if (running >= AT_A_TIME) {
      if (waiting.length >= MOST_WAITING) throw new CapstanError('access/busy')
      // whoever ends hands its place on
      await new Promise<void>((resume) => waiting.push(resume))
    } else running += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }
}
