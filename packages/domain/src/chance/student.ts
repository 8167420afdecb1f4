/** @file Student's t distribution. */
import { betaQuantile } from './special.ts'

/** The p-quantile with `freedom` degrees of freedom: sqrt(freedom (1 - x)/x) with x a Beta(freedom/2, 1/2) quantile. */
export const studentQuantile = (p: number, freedom: number): number => {
  if (p === 0.5) return 0
  const tail = p < 0.5 ? p : 1 - p
  const x = betaQuantile(2 * tail, freedom / 2, 0.5)
  return Math.sign(p - 0.5) * Math.sqrt((freedom * (1 - x)) / x)
}
