/** @file Scenarios of what a portfolio may bring: its expected value and the CVaR of falling short of it. */
import { betaMean, drawBeta } from '../chance/gamma.ts'
import { drawPert, pertMean } from '../chance/pert.ts'
import { hashText, seeded } from '../chance/random.ts'
import type { Candidate } from './portfolio.ts'

/** The share of scenarios, the worst, over which CVaR averages. */
export const tailShare = 0.1

export const defaultScenarios = 200

export type Scenarios = {
  /** Exact expectation per candidate: mean value times mean chance. */
  expected: number[]
  /** drawn[candidate][scenario]: the value if it succeeds in that scenario, else 0. */
  drawn: Float64Array[]
  /** Mean of `drawn` per candidate. */
  means: number[]
}

export const expectedValue = ({ value, chance }: Candidate): number =>
  pertMean(pert(value)) * betaMean(chance)

/** Each candidate has its own stream, so that adding one leaves the scenarios of the others as they were. */
export const drawScenarios = (candidates: readonly Candidate[], seed: number, count: number): Scenarios => {
  const drawn = candidates.map(({ id, value, chance }) => {
    const random = seeded(hashText(`${id} ${seed}`))
    return Float64Array.from({ length: count }, () => {
      const works = random() < drawBeta(random, chance)
      const worth = drawPert(random, pert(value))
      return works ? worth : 0
    })
  })
  return {
    expected: candidates.map(expectedValue),
    drawn,
    means: drawn.map((values) => values.reduce((sum, value) => sum + value, 0) / count),
  }
}

const pert = ({ low, mode, high }: Candidate['value']) => ({ min: low, mode, max: high })

/** Mean shortfall below the scenarios' mean over their worst tenth (Rockafellar and Uryasev 2000). */
export const shortfall = (scenarios: Scenarios, selected: readonly number[]): number => {
  const count = scenarios.drawn[0]?.length ?? 0
  if (count === 0 || selected.length === 0) return 0
  const totals = new Float64Array(count)
  let mean = 0
  for (const candidate of selected) {
    const drawn = scenarios.drawn[candidate]!
    mean += scenarios.means[candidate]!
    for (let s = 0; s < count; s++) totals[s]! += drawn[s]!
  }
  totals.sort()
  const tail = count * tailShare
  let worst = 0
  for (let s = 0; s < tail; s++) worst += totals[s]! * Math.min(1, tail - s)
  return Math.max(0, mean - worst / tail)
}
