/** @file Percentiles of latencies, with how well a window of requests knows them. */
import { betaCdf, betaQuantile } from '../chance/special.ts'

export type Percentile = {
  p: number
  value: number
  /** Distribution-free interval from order statistics; a null end lies beyond the window. */
  interval: [low: number | null, high: number | null]
  level: number
  standardError: number
  count: number
}

/**
 * The p-quantile (0 < p < 1) of a window of values, in their unit: the Harrell-Davis estimate's standard
 * error by Maritz and Jarrett (1978), and an interval between order statistics that covers with at least
 * `level` whatever the distribution (binomial ranks; Conover 1999, 3.2). Null for an empty window.
 */
export const percentile = (values: ArrayLike<number>, p: number, level = 0.95): Percentile | null => {
  const n = values.length
  if (n === 0) return null
  const sorted = Float64Array.from(values).sort()
  const place = Math.ceil(n * p)
  const tail = (1 - level) / 2
  // P(N <= k - 1) for N ~ Binomial(n, p) equals 1 - I_p(k, n - k + 1)
  const below = (rank: number) => (rank <= 0 ? 0 : rank > n ? 1 : 1 - betaCdf(p, rank, n - rank + 1))
  let low = place
  while (low > 0 && below(low) > tail) low -= 1
  let high = place
  while (high <= n && 1 - below(high) > tail) high += 1
  return {
    p,
    value: sorted[Math.max(0, place - 1)]!,
    interval: [low > 0 ? sorted[low - 1]! : null, high <= n ? sorted[high - 1]! : null],
    level,
    standardError: maritzJarrett(sorted, p),
    count: n,
  }
}

/** p50, p95 and p99 of a window. */
export const latencyProfile = (
  values: ArrayLike<number>,
): { p50: Percentile; p95: Percentile; p99: Percentile } | null => {
  const at = (p: number) => percentile(values, p)
  const [p50, p95, p99] = [at(0.5), at(0.95), at(0.99)]
  return p50 && p95 && p99 ? { p50, p95, p99 } : null
}

// the order statistic near np is Beta-distributed in probability; weigh the sample by that Beta
const maritzJarrett = (sorted: Float64Array, p: number): number => {
  const n = sorted.length
  const m = Math.min(n, Math.max(1, Math.floor(n * p + 0.5)))
  const [a, b] = [m, n - m + 1]
  const from = Math.max(0, Math.floor(betaQuantile(1e-10, a, b) * n) - 1)
  let first = 0
  let second = 0
  let before = betaCdf(from / n, a, b)
  for (let i = from; i < n && before < 1; i++) {
    const next = betaCdf((i + 1) / n, a, b)
    first += (next - before) * sorted[i]!
    second += (next - before) * sorted[i]! * sorted[i]!
    before = next
  }
  return Math.sqrt(Math.max(0, second - first * first))
}
