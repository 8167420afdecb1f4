/** @file A chance of success as a belief: from how people say it to a Beta, and back to an interval. */
import type { Beta } from '../chance/gamma.ts'
import { betaQuantile } from '../chance/special.ts'

/** As people say it: an 80 % interval, or a chance and how many trials it is worth. */
export type Belief = { low: number; high: number } | { chance: number; trials: number }

/** The 80 % interval. */
export const beliefInterval = ({ alpha, beta }: Beta): [low: number, high: number] => [
  betaQuantile(0.1, alpha, beta),
  betaQuantile(0.9, alpha, beta),
]

/** Beta(chance n, (1 - chance) n): the mean is the chance, n trials weigh as much as the belief. */
export const betaFromChance = (chance: number, trials: number): Beta => ({
  alpha: chance * trials,
  beta: (1 - chance) * trials,
})

/**
 * The Beta whose 10 % and 90 % quantiles are `low` and `high` (0 < low < high < 1): for each number of trials the
 * mean that puts the lower quantile at `low`, then the trials that put the upper one at `high`, both by bisection.
 * Exact to about 1e-6 wherever such a Beta exists; quantiles grow with the mean, and the interval narrows with trials.
 */
export const betaFromInterval = (low: number, high: number): Beta => {
  const meanFor = (trials: number) =>
    bisect(1e-6, 1 - 1e-6, (mean) => betaQuantile(0.1, mean * trials, (1 - mean) * trials) > low)
  const trials = Math.exp(
    bisect(Math.log(0.05), Math.log(1e6), (log) => {
      const n = Math.exp(log)
      const mean = meanFor(n)
      return betaQuantile(0.9, mean * n, (1 - mean) * n) < high
    }),
  )
  return betaFromChance(meanFor(trials), trials)
}

export const betaOf = (belief: Belief): Beta =>
  'low' in belief ? betaFromInterval(belief.low, belief.high) : betaFromChance(belief.chance, belief.trials)

/** The least argument for which `above` is true, which it stays from there on. */
const bisect = (from: number, to: number, above: (x: number) => boolean): number => {
  let low = from
  let high = to
  for (let i = 0; i < 48; i++) {
    const middle = (low + high) / 2
    if (above(middle)) high = middle
    else low = middle
  }
  return (low + high) / 2
}
