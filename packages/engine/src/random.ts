/** @file A small seeded random generator: the same seed gives the same numbers on every machine. */

/** Uniform numbers in [0, 1) with 32 bits. */
export type Random = () => number

/**
 * sfc32 (Chris Doty-Humphrey, PractRand), seeded through splitmix32; `stream` gives independent sequences of one seed.
 */
export function seeded(seed: number, stream = 0): Random {
  let s = (seed ^ Math.imul(stream, 0x9e3779b9)) | 0
  const next = (): number => {
    s = (s + 0x9e3779b9) | 0
    let t = s ^ (s >>> 16)
    t = Math.imul(t, 0x21f0aaad)
    t ^= t >>> 15
    t = Math.imul(t, 0x735a2d97)
    return t ^ (t >>> 15)
  }
  let [a, b, c, d] = [next(), next(), next(), next()]
  return () => {
    const t = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return (t >>> 0) / 2 ** 32
  }
}

/** The numbers 0 to n-1 in a random order (Fisher and Yates). */
export function permutation(n: number, random: Random): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i)
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const t = order[i]!
    order[i] = order[j]!
    order[j] = t
  }
  return order
}
