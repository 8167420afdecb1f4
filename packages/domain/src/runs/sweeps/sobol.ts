/** @file Sobol points: fill the unit cube more evenly than chance, each by its index alone. */
import { hashText } from '../../chance/random.ts'
import { directionNumbers } from './sobol-directions.ts'

/** How many dimensions the table of direction numbers reaches. */
export const sobolDimensions = directionNumbers.length + 1

const BITS = 32
const computed = new Map<number, Uint32Array>()

/**
 * Point `index` (from 0, the origin) of the Sobol sequence in Gray-code order (Antonov and Saleev 1979), with
 * the direction numbers of Joe and Kuo 2008; coordinates in [0, 1).
 * @param shift of each dimension, exclusive-ored into its bits: a digital shift keeps the evenness and moves the origin
 * @throws {RangeError} beyond `sobolDimensions` dimensions
 */
export const sobolPoint = (index: number, dimensions: number, shift?: ArrayLike<number>): number[] => {
  const gray = (index ^ (index >>> 1)) >>> 0
  return Array.from({ length: dimensions }, (_, d) => {
    const v = directions(d)
    let x = shift ? shift[d]! >>> 0 : 0
    for (let bit = 0; gray >>> bit !== 0 && bit < BITS; bit++) if ((gray >>> bit) & 1) x ^= v[bit]!
    return (x >>> 0) / 2 ** BITS
  })
}

/** A digital shift for each dimension, from a seed. */
export const sobolShift = (seed: number, dimensions: number): Uint32Array =>
  Uint32Array.from({ length: dimensions }, (_, d) => hashText(`sobol ${seed} ${d}`))

/** v_k of one dimension as 32-bit fractions: m_k of the recurrence, shifted to the top. */
const directions = (d: number): Uint32Array => {
  const known = computed.get(d)
  if (known) return known
  const v = new Uint32Array(BITS)
  if (d === 0) for (let k = 0; k < BITS; k++) v[k] = 1 << (31 - k)
  else {
    const row = directionNumbers[d - 1]
    if (row === undefined) throw new RangeError(`internal: no Sobol direction numbers for dimension ${d}`)
    const [polynomial = 1, ...m] = row
    const degree = m.length
    for (let k = 0; k < BITS; k++) {
      if (k < degree) {
        v[k] = m[k]! << (31 - k)
        continue
      }
      let next = v[k - degree]! ^ (v[k - degree]! >>> degree)
      for (let j = 1; j < degree; j++) if ((polynomial >>> (degree - j)) & 1) next ^= v[k - j]!
      v[k] = next
    }
  }
  computed.set(d, v)
  return v
}
