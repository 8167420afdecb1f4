/** @file Seeded uniform random numbers: a stream, and one that is addressed by counters. */

/** A source of uniform numbers strictly between 0 and 1. */
export type Random = () => number

/**
 * A stream of uniform numbers with 53 random bits (xoshiro128++, Blackman and Vigna 2021, seeded by
 * splitmix32). The same seed gives the same stream on every machine.
 */
export const seeded = (seed: number): Random => {
  let state = (seed ^ Math.floor(seed / 2 ** 32)) >>> 0
  const next32 = () => {
    state = (state + 0x9e3779b9) >>> 0
    return mix32(state)
  }
  let a = next32()
  let b = next32()
  let c = next32()
  let d = next32() || 1
  const bits = () => {
    const sum = (a + d) | 0
    const result = (((sum << 7) | (sum >>> 25)) + a) >>> 0
    const t = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= t
    d = (d << 11) | (d >>> 21)
    return result
  }
  return () => toUnit(bits(), bits())
}

/**
 * A uniform number addressed by `(key, i, j)` instead of by its place in a stream, so that two
 * simulations that differ in one input still share every other draw (common random numbers).
 */
export const uniformAt = (key: number, i: number, j: number): number => {
  const high = mix32((mix32((key ^ Math.imul(i, 0x9e3779b1)) >>> 0) ^ Math.imul(j + 1, 0x85ebca77)) >>> 0)
  return toUnit(high, mix32((high ^ Math.imul(i, 0xc2b2ae3d) ^ key) >>> 0))
}

/**
 * 32 random bits addressed by `(key, i)`: one mixing of a counter, a fifth of the work of `uniformAt`, for draws by
 * the hundred million. `(bits + 0.5) / 2^32` is a uniform number.
 */
export const bitsAt = (key: number, i: number): number => mix32(key ^ Math.imul(i, 0x9e3779b1))

/** A 32-bit hash of a text (FNV-1a, then mixed); for keys of streams and traffic splits. */
export const hashText = (text: string): number => {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return mix32(hash >>> 0)
}

/** In-place Fisher-Yates shuffle. */
export const shuffle = <T extends { length: number; [index: number]: unknown }>(
  items: T,
  random: Random,
): T => {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const kept = items[i]
    items[i] = items[j]
    items[j] = kept
  }
  return items
}

// Murmur3's finaliser with the constants of "lowbias32" (Wellons): every input bit reaches every output bit
const mix32 = (value: number): number => {
  let x = value >>> 0
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d)
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b)
  return (x ^ (x >>> 16)) >>> 0
}

// the half keeps 0 out: quantile functions are infinite there
const toUnit = (high: number, low: number): number => ((high >>> 5) * 67108864 + (low >>> 6) + 0.5) / 2 ** 53
