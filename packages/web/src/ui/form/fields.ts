/** @file What was typed into a form against the record it began from: what changed, and what somebody else changed. */

/** What a number field holds while it is typed: a number, or a text that is none yet. */
export type Typed = number | string

export const numberOf = (typed: Typed): number | null => (typeof typed === 'number' ? typed : null)

/** For fields that the browser lets nobody leave empty; what is no number is refused by the server. */
export const required = (typed: Typed): number => numberOf(typed) ?? Number.NaN

/** 12 for 0.12, without the noise of binary fractions. */
export const percentOf = (share: number): number => Number((share * 100).toPrecision(12))

export const shareOf = (percent: number): number => Number((percent / 100).toPrecision(12))

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** The entries of `now` that are not as they were. */
export function changed<T extends object>(now: T, before: T): Partial<T> {
  const entries = Object.entries(now).filter(([key, value]) => !same(value, before[key as keyof T]))
  return Object.fromEntries(entries) as Partial<T>
}

/** Theirs, with what was typed here in its place. */
export const merged = <T extends object>(typed: T, before: T, theirs: T): T => ({
  ...theirs,
  ...changed(typed, before),
})
