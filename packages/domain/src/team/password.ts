/** @file Passwords: which are refused, and how long whoever guesses has to wait. */
import { type Message, message } from '../messages/message.ts'

export const PASSWORD_LEAST = 10
export const PASSWORD_MOST = 256

/** Long enough to pass by length, and tried first by everybody who guesses. */
const common: ReadonlySet<string> = new Set(
  `password12 password123 password1234 passw0rd123 1234567890 12345678910 123456789a 0123456789 0987654321
  qwertyuiop qwerty12345 qwerty123456 1qaz2wsx3edc q1w2e3r4t5 q1w2e3r4t5y6 asdfghjkl1 zxcvbnm123 iloveyou123
  letmein123 welcome123 welcome1234 admin12345 administrator changeme123 trustno1trustno1 abcdefghij abcd123456
  abc123456789 woaini1314 woaini520 woaini5201314 a123456789 aa123456789 1111111111 0000000000 8888888888
  1234554321 11223344556 5201314520 5201314woaini capstan123 capstan1234 mypassword football123 baseball123
  superman123 dragon12345 monkey12345 sunshine123 princess123 computer123 password!23 p@ssw0rd123 p@ssword123`
    .split(/\s+/)
    .filter((word) => word !== ''),
)

/** Typed on any keyboard, a password is the same text (NFKC, as RFC 8265 has it). */
export const normalPassword = (password: string): string => password.normalize('NFKC')

/**
 * Length counts, not kinds of characters.
 * @param names of the member and the workspace
 * @see NIST SP 800-63B, 3.1.1.2
 */
export function passwordRefusal(password: string, names: readonly string[]): Message | null {
  const text = normalPassword(password)
  const length = [...text].length
  if (length < PASSWORD_LEAST) return message('password.short', { least: PASSWORD_LEAST })
  if (length > PASSWORD_MOST) return message('password.long', { most: PASSWORD_MOST })
  const plain = text.toLowerCase()
  const repeated = /^(.{1,4})\1+$/u.test(plain)
  const own = names.some((name) => {
    const said = name.trim().toLowerCase()
    return [...said].length >= 4 && plain.includes(said)
  })
  return common.has(plain) || repeated || own ? message('password.common', {}) : null
}

/** Failures that cost nothing, and the longest wait in seconds. */
export type ThrottleLimit = { free: number; longest: number }

/**
 * A name from one address, a name from anywhere, an address whatever the name: whoever mistypes waits seconds,
 * whoever guesses from many addresses still gets one try a minute, and nobody is kept out for longer than that by
 * the guesses of others.
 */
export const throttleLimits = {
  pair: { free: 3, longest: 900 },
  name: { free: 10, longest: 60 },
  address: { free: 30, longest: 900 },
} as const satisfies Record<string, ThrottleLimit>

/** Failures are forgotten after an hour without one. */
export const FORGET_SECONDS = 3600

/** Seconds to wait after so many failures in a row: 1, 2, 4 … up to the longest. */
export function waitAfter(failures: number, { free, longest }: ThrottleLimit): number {
  return failures <= free ? 0 : Math.min(longest, 2 ** Math.min(30, failures - free - 1))
}
