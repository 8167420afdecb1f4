/** @file Draws of event counts and of losses from 32 random bits: by inversion, fast enough for hundreds of millions. */
import { normalQuantile } from '../chance/normal.ts'
import { pertShape } from '../chance/pert.ts'
import { gammaPoissonQuantile, poissonQuantile } from '../chance/poisson.ts'
import { betaCdf } from '../chance/special.ts'
import { type Frequency, type Loss, lossShape, meanRate } from './risk.ts'

const perUnit = 2 ** -32

/** Uniform on (0, 1) from 32 bits. */
export const unit = (bits: number): number => (bits + 0.5) * perUnit

const cells = 4096
const cellBits = 12
const within = 32 - cellBits
const insideMask = 2 ** within - 1
const insideScale = 2 ** -within
/** Below and above this many cells a lognormal is drawn exactly: its tails bend too much for straight pieces. */
const edge = 64
/** 64 of 4,096 cells share their first six bits. */
const edgeBits = 6

/**
 * The loss of one event, by inversion of its distribution: a table of 4,096 cells with straight lines between (for a
 * lognormal off the exact value by a few parts in 100,000 at most), and in both tails the exact quantile or a finer table. Monotone in the
 * bits, so that factors and other inputs move every draw the same way.
 */
export type LossSampler = {
  table: Float64Array | null
  /** Finer tables of the first and the last 64 cells, where the exact quantile would take a search. */
  tails: { first: Float64Array; last: Float64Array } | null
  amount: number
  mu: number
  sigma: number
}

export const lossSampler = (loss: Loss): LossSampler => {
  const known = (amount: number) => ({ table: null, tails: null, amount, mu: 0, sigma: 0 })
  if (loss.kind === 'fixed') return known(loss.amount)
  if (loss.kind === 'pert') {
    if (loss.max <= loss.min) return known(loss.min)
    const turn = pertTables(loss)
    const share = edge / cells
    const tails = { first: turn(0, share), last: turn(1 - share, 1) }
    return { table: turn(0, 1), tails, amount: 0, mu: 0, sigma: 0 }
  }
  const { mu, sigma } = lossShape(loss)
  if (sigma === 0) return known(loss.low)
  const table = new Float64Array(cells + 1)
  for (let i = edge; i <= cells - edge; i++) table[i] = Math.exp(mu + sigma * normalQuantile(i / cells))
  return { table, tails: null, amount: 0, mu, sigma }
}

export const drawLoss = (sampler: LossSampler, bits: number): number => {
  const { table } = sampler
  if (table === null) return sampler.amount
  const cell = bits >>> within
  return cell < edge || cell >= cells - edge ? drawTail(sampler, bits, cell < edge) : between(table, bits)
}

const drawTail = ({ tails, mu, sigma }: LossSampler, bits: number, first: boolean): number =>
  tails === null
    ? Math.exp(mu + sigma * normalQuantile(unit(bits)))
    : // the last 64 of 4,096 cells: their bits but for the first six
      between(first ? tails.first : tails.last, bits << edgeBits)

const between = (table: Float64Array, bits: number): number => {
  const cell = bits >>> within
  const low = table[cell]!
  return low + (table[cell + 1]! - low) * ((bits & insideMask) + 0.5) * insideScale
}

/**
 * The Beta distribution function on a fine grid, turned round: its quantile itself would take a search for each cell.
 * @returns the losses at evenly spaced chances from one chance to another
 */
const pertTables = (loss: Loss & { kind: 'pert' }): ((from: number, to: number) => Float64Array) => {
  const { alpha, beta } = pertShape(loss)
  const steps = 4096
  const upTo = Float64Array.from({ length: steps + 1 }, (_, i) => betaCdf(i / steps, alpha, beta))
  return (from, to) => {
    let step = 0
    return Float64Array.from({ length: cells + 1 }, (_, i) => {
      const p = from + ((to - from) * i) / cells
      while (step < steps - 1 && upTo[step + 1]! < p) step += 1
      const [below, above] = [upTo[step]!, upTo[step + 1]!]
      const share = above > below ? Math.min(1, Math.max(0, (p - below) / (above - below))) : 1
      return loss.min + ((loss.max - loss.min) * (step + share)) / steps
    })
  }
}

/** The number of events in a year for a uniform number, at a multiple of the estimated rate. */
export type CountSampler = {
  frequency: Frequency
  /** Chances of at most 0, 1, 2 … events at the multiple 1; null when only a search will do. */
  upTo: Float64Array | null
}

/** Tables end where the rest is rarer than any number of 32 bits can tell. */
const rest = 2 ** -34
const longest = 512

export const countSampler = (frequency: Frequency): CountSampler => {
  if (meanRate(frequency) > 200) return { frequency, upTo: null }
  const chances: number[] = []
  let sum = 0
  for (let k = 0, term = noneOf(frequency); k < longest && 1 - sum > rest; k++) {
    sum += term
    chances.push(sum)
    term *=
      'rate' in frequency
        ? frequency.rate / (k + 1)
        : (frequency.alpha + k) / ((k + 1) * (frequency.beta + 1))
  }
  return chances.length < longest
    ? { frequency, upTo: Float64Array.from(chances) }
    : { frequency, upTo: null }
}

/** Fills `counts` for the years' bits; `multiples` of the rate where causes move it. */
export const fillCounts = (
  counts: Int32Array,
  { frequency, upTo }: CountSampler,
  bits: Uint32Array,
  multiples: Float64Array | null,
  factor = 1,
): void => {
  if (upTo !== null && multiples === null && factor === 1) {
    fillFromTable(counts, upTo, bits)
    return
  }
  if ('rate' in frequency) {
    const rate = frequency.rate * factor
    for (let j = 0; j < counts.length; j++)
      counts[j] = poissonQuantile(unit(bits[j]!), multiples === null ? rate : rate * multiples[j]!)
    return
  }
  // the belief's rate and the Poisson number in one: no draw of the rate is needed
  const { alpha } = frequency
  const beta = frequency.beta / factor
  for (let j = 0; j < counts.length; j++) {
    const multiple = multiples === null ? 1 : multiples[j]!
    counts[j] = multiple > 0 && factor > 0 ? gammaPoissonQuantile(unit(bits[j]!), alpha, beta / multiple) : 0
  }
}

const fillFromTable = (counts: Int32Array, upTo: Float64Array, bits: Uint32Array): void => {
  const none = upTo[0]!
  for (let j = 0; j < counts.length; j++) {
    const u = unit(bits[j]!)
    let k = 0
    if (u > none) {
      k = 1
      while (k < upTo.length && u > upTo[k]!) k++
    }
    counts[j] = k
  }
}

/** The chance of no event in a year. */
const noneOf = (frequency: Frequency): number =>
  'rate' in frequency
    ? Math.exp(-frequency.rate)
    : Math.exp(-frequency.alpha * Math.log1p(1 / frequency.beta))
