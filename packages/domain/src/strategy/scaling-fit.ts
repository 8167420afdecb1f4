/** @file Fits a scaling law to a team's own runs, with an interval, and refuses to speak beyond their range. */
import { quantile } from '../chance/quantiles.ts'
import { type Random, seeded } from '../chance/random.ts'
import { accepted, type Message, message, type Result, refused } from '../messages/message.ts'
import { type ScalingLaw, scalingOptimum, trainingFlop } from './scaling.ts'

/** A finished run: parameters, training tokens, final loss in nats per token. */
export type ScalingRun = { parameters: number; tokens: number; loss: number }

export type Range = { low: number; high: number }

export type ScalingFit = {
  law: ScalingLaw
  /** 80 % intervals of resampled runs. */
  interval: Record<keyof ScalingLaw, Range>
  /** Typical relative error of the fitted losses: root mean square of the log residuals. */
  error: number
  runs: number
  /** What the runs cover; the law says nothing outside. */
  covered: { parameters: Range; tokens: Range; flop: Range }
  /** Laws of the resampled runs, from which intervals of predictions are read. */
  resampled: ScalingLaw[]
}

const leastRuns = 8
const leastDistinct = 3
/** Residuals beyond this count linearly; in log loss, as Hoffmann et al. 2022 chose. */
const huberDelta = 1e-3
const confidence = 0.8

/** Log A, log B, log E, alpha, beta. */
type Theta = [number, number, number, number, number]
type Logged = { n: number; d: number; loss: number }

/**
 * L = E + A/N^alpha + B/D^beta by the robust Huber loss of log residuals (Hoffmann et al. 2022, approach 3), from
 * several starts; the interval by resampling the runs (bootstrap). The same seed gives the same fit.
 * Refused: fewer than 8 runs, fewer than 3 sizes or 3 token counts, sizes and tokens that only move together, numbers
 * that are not positive.
 */
export const fitScaling = (
  runs: readonly ScalingRun[],
  { seed, resamples = 100 }: { seed: number; resamples?: number },
): Result<ScalingFit> => {
  const flaw = flawOf(runs)
  if (flaw) return refused(flaw)
  const points = runs.map(
    ({ parameters, tokens, loss }): Logged => ({
      n: Math.log(parameters),
      d: Math.log(tokens),
      loss: Math.log(loss),
    }),
  )
  const best = startsFor(points)
    .map((start) => descend(points, start, 60))
    .reduce((a, b) => (b.cost < a.cost ? b : a))
  const { theta } = descend(points, best.theta, 400)
  const random = seeded(seed)
  const resampled = Array.from({ length: resamples }, () =>
    lawOf(descend(resample(points, random), theta, 80).theta),
  )
  const law = lawOf(theta)
  const squares = points.reduce((sum, point) => sum + residual(point, theta) ** 2, 0)
  const of = (key: keyof ScalingLaw): Range => intervalOf([law, ...resampled].map((found) => found[key]))
  return accepted({
    law,
    interval: { e: of('e'), a: of('a'), b: of('b'), alpha: of('alpha'), beta: of('beta') },
    error: Math.sqrt(squares / points.length),
    runs: runs.length,
    covered: {
      parameters: rangeOf(runs.map(({ parameters }) => parameters)),
      tokens: rangeOf(runs.map(({ tokens }) => tokens)),
      flop: rangeOf(runs.map(({ parameters, tokens }) => trainingFlop(parameters, tokens))),
    },
    resampled,
  })
}

export type ScalingAdvice = {
  flop: number
  parameters: number
  tokens: number
  loss: number
  /** 80 % intervals. */
  interval: { parameters: Range; tokens: Range; loss: Range }
}

/** Best size and tokens for a budget in FLOP; refused where the runs do not reach. */
export const adviseScaling = (fit: ScalingFit, flop: number): Result<ScalingAdvice> => {
  const { covered, law, resampled } = fit
  if (!within(flop, covered.flop)) return refused(beyond('FLOP', flop, covered.flop))
  const best = scalingOptimum(law, flop)
  if (!within(best.parameters, covered.parameters))
    return refused(beyond('N', best.parameters, covered.parameters))
  if (!within(best.tokens, covered.tokens)) return refused(beyond('D', best.tokens, covered.tokens))
  const others = [best, ...resampled.map((other) => scalingOptimum(other, flop))]
  return accepted({
    flop,
    ...best,
    interval: {
      parameters: intervalOf(others.map(({ parameters }) => parameters)),
      tokens: intervalOf(others.map(({ tokens }) => tokens)),
      loss: intervalOf(others.map(({ loss }) => loss)),
    },
  })
}

const flawOf = (runs: readonly ScalingRun[]): Message | null => {
  if (runs.length < leastRuns) return message('scaling.few', { found: runs.length, least: leastRuns })
  if (
    !runs.every(({ parameters, tokens, loss }) =>
      [parameters, tokens, loss].every((v) => v > 0 && Number.isFinite(v)),
    )
  )
    return message('scaling.positive', {})
  const sizes = new Set(runs.map(({ parameters }) => parameters)).size
  const counts = new Set(runs.map(({ tokens }) => tokens)).size
  if (sizes < leastDistinct || counts < leastDistinct)
    return message('scaling.distinct', { sizes, counts, least: leastDistinct })
  const together = correlation(
    runs.map(({ parameters }) => Math.log(parameters)),
    runs.map(({ tokens }) => Math.log(tokens)),
  )
  return Math.abs(together) > 0.995 ? message('scaling.together', {}) : null
}

const beyond = (name: string, value: number, { low, high }: Range): Message =>
  message('scaling.beyond', { name, value: short(value), low: short(low), high: short(high) })

const short = (value: number): string => value.toPrecision(3)
// a grid's corner is still in it, whatever rounding did
const within = (value: number, { low, high }: Range) =>
  value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)
const rangeOf = (values: readonly number[]): Range => ({
  low: Math.min(...values),
  high: Math.max(...values),
})
const intervalOf = (values: readonly number[]): Range => {
  const sorted = Float64Array.from(values).sort()
  return { low: quantile(sorted, (1 - confidence) / 2), high: quantile(sorted, (1 + confidence) / 2) }
}

const lawOf = ([a, b, e, alpha, beta]: Theta): ScalingLaw => ({
  e: Math.exp(e),
  a: Math.exp(a),
  b: Math.exp(b),
  alpha,
  beta,
})

const resample = (points: readonly Logged[], random: Random): Logged[] =>
  points.map(() => points[Math.floor(random() * points.length)]!)

const correlation = (x: readonly number[], y: readonly number[]): number => {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [mx, my] = [mean(x), mean(y)]
  const cross = (p: readonly number[], mp: number, q: readonly number[], mq: number) =>
    p.reduce((sum, value, i) => sum + (value - mp) * (q[i]! - mq), 0)
  return cross(x, mx, y, my) / Math.sqrt(cross(x, mx, x, mx) * cross(y, my, y, my))
}

/** Exponents and the irreducible loss over a grid; each part then takes half of what is above E at the middle. */
const startsFor = (points: readonly Logged[]): Theta[] => {
  const middle = (key: keyof Logged) =>
    points.map((point) => point[key]).sort((p, q) => p - q)[points.length >> 1]!
  const [n, d, loss] = [middle('n'), middle('d'), Math.exp(middle('loss'))]
  const least = Math.exp(Math.min(...points.map((point) => point.loss)))
  return [0.15, 0.35, 0.7].flatMap((alpha) =>
    [0.15, 0.35, 0.7].flatMap((beta) =>
      [0.2, 0.6, 0.9].flatMap((share) =>
        [0.2, 0.8].map((split): Theta => {
          const rest = Math.max(loss - share * least, 1e-6 * loss)
          return [
            Math.log(rest * split) + alpha * n,
            Math.log(rest * (1 - split)) + beta * d,
            Math.log(share * least),
            alpha,
            beta,
          ]
        }),
      ),
    ),
  )
}

const partsOf = ({ n, d }: Logged, [a, b, e, alpha, beta]: Theta): [number, number, number] => [
  Math.exp(a - alpha * n),
  Math.exp(b - beta * d),
  Math.exp(e),
]

const residual = (point: Logged, theta: Theta): number => {
  const [p, q, r] = partsOf(point, theta)
  return Math.log(p + q + r) - point.loss
}

const huber = (r: number) =>
  Math.abs(r) <= huberDelta ? 0.5 * r * r : huberDelta * (Math.abs(r) - 0.5 * huberDelta)

const costOf = (points: readonly Logged[], theta: Theta): number =>
  points.reduce((sum, point) => sum + huber(residual(point, theta)), 0)

/** Levenberg-Marquardt with Huber's weights. */
const descend = (points: readonly Logged[], start: Theta, steps: number): { theta: Theta; cost: number } => {
  let theta = start
  let cost = costOf(points, theta)
  let damping = 1e-2
  for (let step = 0; step < steps && damping < 1e12; step++) {
    const normal = Array.from({ length: 5 }, () => new Float64Array(6))
    for (const point of points) {
      const [p, q, r] = partsOf(point, theta)
      const sum = p + q + r
      const off = Math.log(sum) - point.loss
      const weight = Math.abs(off) <= huberDelta ? 1 : huberDelta / Math.abs(off)
      const slope = [p / sum, q / sum, r / sum, (-point.n * p) / sum, (-point.d * q) / sum]
      for (let i = 0; i < 5; i++) {
        for (let j = 0; j < 5; j++) normal[i]![j]! += weight * slope[i]! * slope[j]!
        normal[i]![5]! -= weight * slope[i]! * off
      }
    }
    for (let i = 0; i < 5; i++) normal[i]![i]! += damping * (normal[i]![i]! + 1e-12)
    const move = solve(normal)
    const next = theta.map((value, i) => value + move[i]!) as Theta
    const there = costOf(points, next)
    if (there < cost) {
      const gained = cost - there
      theta = next
      cost = there
      damping = Math.max(1e-12, damping / 5)
      if (gained < 1e-15 * (1 + cost) && damping < 1e-6) break
    } else damping *= 4
  }
  return { theta, cost }
}

/** Gaussian elimination with pivots of a 5 x 6 system; a singular one gives no move. */
const solve = (rows: Float64Array[]): number[] => {
  const size = rows.length
  for (let c = 0; c < size; c++) {
    let pivot = c
    for (let r = c + 1; r < size; r++) if (Math.abs(rows[r]![c]!) > Math.abs(rows[pivot]![c]!)) pivot = r
    ;[rows[c], rows[pivot]] = [rows[pivot]!, rows[c]!]
    const head = rows[c]![c]!
    if (!(Math.abs(head) > 1e-300)) return new Array<number>(size).fill(0)
    for (let r = 0; r < size; r++) {
      if (r === c) continue
      const factor = rows[r]![c]! / head
      for (let k = c; k <= size; k++) rows[r]![k]! -= factor * rows[c]![k]!
    }
  }
  return rows.map((row, i) => row[size]! / row[i]!)
}
