/** @file The bias of estimators: how actuals compare with estimates, shrunk towards the team and towards none. */
import { normalQuantile } from '../chance/normal.ts'
import { type Message, message } from '../messages/message.ts'
import type { EstimateSnapshot } from './snapshot.ts'

export type EstimatorBias = {
  memberId: string
  memberName: string
  subject: EstimateSnapshot['subject']
  /** Actual over predicted, shrunk; 1 is no bias. */
  factor: number
  /** 80 % interval of the factor. */
  low: number
  high: number
  count: number
  message: Message
}

/** Judgements about estimates of nobody in particular, each worth a few observations. */
export const priors = {
  /** Scatter of one estimate, as a standard deviation of its log ratio, worth so many estimates. */
  scatter: 0.5,
  scatterWorth: 4,
  /** How much people differ from their team, worth so many people. */
  between: 0.3,
  betweenWorth: 2,
  /** How far a whole team may be off. */
  team: 0.3,
} as const

const z80 = normalQuantile(0.9)

/**
 * Normal-normal model of log(actual/predicted): estimate j of person i ~ N(mu_i, s^2), mu_i ~ N(m, t^2), m ~ N(0,
 * team^2). s^2 is pooled within people, t^2 by the method of moments (DerSimonian and Laird 1986), both steadied by
 * their priors; mu_i is the posterior mean with the uncertainty of m carried along (Gelman et al., Bayesian Data
 * Analysis, chapter 5). Subjects are judged apart. Only positive numbers count.
 */
export const estimatorBias = (estimates: readonly EstimateSnapshot[]): EstimatorBias[] =>
  (['effort', 'cost'] as const).flatMap((subject) => ofSubject(estimates, subject))

const ofSubject = (
  estimates: readonly EstimateSnapshot[],
  subject: EstimateSnapshot['subject'],
): EstimatorBias[] => {
  const people = new Map<string, { name: string; logs: number[] }>()
  for (const { memberId, memberName, subject: own, predicted, actual } of estimates) {
    if (own !== subject || !(predicted > 0 && actual > 0)) continue
    const known = people.get(memberId) ?? { name: memberName, logs: [] }
    known.logs.push(Math.log(actual / predicted))
    people.set(memberId, known)
  }
  const groups = [...people].map(([memberId, { name, logs }]) => {
    const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length
    const squares = logs.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    return { memberId, name, count: logs.length, mean, squares }
  })
  if (groups.length === 0) return []
  const within = pooled(groups)
  const between = spread(groups, within)
  const team = teamMean(groups, within, between)
  return groups.map(({ memberId, name, count, mean }) => {
    const precision = count / within + 1 / between
    const pull = 1 / between / precision
    const centre = (1 - pull) * mean + pull * team.mean
    const deviation = Math.sqrt(1 / precision + pull * pull * team.variance)
    const factor = Math.exp(centre)
    const [low, high] = [Math.exp(centre - z80 * deviation), Math.exp(centre + z80 * deviation)]
    return {
      ...{ memberId, memberName: name, subject, factor, low, high, count },
      message: message('review.estimator', { name, subject, factor, low, high, count }),
    }
  })
}

type Group = { count: number; mean: number; squares: number }

const pooled = (groups: readonly Group[]): number => {
  const squares = groups.reduce((sum, group) => sum + group.squares, 0)
  const freedom = groups.reduce((sum, { count }) => sum + count - 1, 0)
  return (priors.scatterWorth * priors.scatter ** 2 + squares) / (priors.scatterWorth + freedom)
}

const spread = (groups: readonly Group[], within: number): number => {
  const weights = groups.map(({ count }) => count / within)
  const sum = weights.reduce((a, b) => a + b, 0)
  const centre = groups.reduce((total, { mean }, i) => total + weights[i]! * mean, 0) / sum
  const q = groups.reduce((total, { mean }, i) => total + weights[i]! * (mean - centre) ** 2, 0)
  const freedom = groups.length - 1
  const scale = sum - weights.reduce((total, weight) => total + weight * weight, 0) / sum
  const moments = freedom > 0 && scale > 0 ? Math.max(0, (q - freedom) / scale) : 0
  return (priors.betweenWorth * priors.between ** 2 + freedom * moments) / (priors.betweenWorth + freedom)
}

const teamMean = (
  groups: readonly Group[],
  within: number,
  between: number,
): { mean: number; variance: number } => {
  const weights = groups.map(({ count }) => 1 / (between + within / count))
  const precision = weights.reduce((a, b) => a + b, 0) + 1 / priors.team ** 2
  const weighted = groups.reduce((sum, { mean }, i) => sum + weights[i]! * mean, 0)
  return { mean: weighted / precision, variance: 1 / precision }
}
