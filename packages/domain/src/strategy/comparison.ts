/** @file Compares competitors, or technologies, by weighted scores; what nobody scored is a range, not a zero. */

/** Counts in proportion to its weight; only the ratios of weights matter. */
export type Criterion = { id: string; name: string; weight: number }

/** From 0 (worst) to `bestScore`, with the source it was read from. */
export type Score = { criterionId: string; score: number }

export type Contender = { id: string; name: string; scores: readonly Score[] }

export const bestScore = 10

export type Standing = {
  id: string
  name: string
  /** Weighted mean of what is scored, 0 to 10; null when nothing is. */
  score: number | null
  /** What it can be at least and at most, once the missing scores are known. */
  range: [low: number, high: number]
  /** Share of the weight that is scored. */
  known: number
  /** 1 is best; null without a score. Ties share a rank. */
  rank: number | null
  /** Share of all ways to weigh the criteria in which it comes first (missing scores at the middle). */
  firstShare: number
}

export type Standings = {
  standings: Standing[]
  /** Criteria in which the first is behind somebody, with by how much. */
  behind: { criterionId: string; leaderId: string; by: number }[]
}

const middle = bestScore / 2
const weighings = 2000

/**
 * Ranks by the weighted mean. `firstShare` says how much the first place depends on the weights: they are drawn
 * evenly from all possible weights (a flat Dirichlet), whatever the team has set.
 */
export const compareContenders = (
  criteria: readonly Criterion[],
  contenders: readonly Contender[],
  random: () => number,
): Standings => {
  const whole = criteria.reduce((sum, { weight }) => sum + weight, 0)
  const tables = contenders.map(({ scores }) => new Map(scores.map((s) => [s.criterionId, s.score])))
  const shares = firstShares(criteria, tables, random)
  const unranked = contenders.map(({ id, name }, i) => {
    const scored = criteria.filter((criterion) => tables[i]!.has(criterion.id))
    const weight = scored.reduce((sum, criterion) => sum + criterion.weight, 0)
    const points = scored.reduce((sum, c) => sum + c.weight * tables[i]!.get(c.id)!, 0)
    const range: [number, number] =
      whole > 0 ? [points / whole, (points + (whole - weight) * bestScore) / whole] : [0, bestScore]
    const score = weight > 0 ? points / weight : null
    return { id, name, score, range, known: whole > 0 ? weight / whole : 0, firstShare: shares[i]! }
  })
  const rankOf = (score: number | null) =>
    score === null ? null : 1 + unranked.filter((other) => other.score !== null && other.score > score).length
  const standings = unranked
    .map((standing) => ({ ...standing, rank: rankOf(standing.score) }))
    .sort((a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity))
  return { standings, behind: weaknesses(criteria, contenders, standings[0]) }
}

const weaknesses = (
  criteria: readonly Criterion[],
  contenders: readonly Contender[],
  first: Standing | undefined,
): Standings['behind'] => {
  const scoreIn = (one: Contender | undefined, criterionId: string) =>
    one?.scores.find((score) => score.criterionId === criterionId)?.score
  const own = contenders.find(({ id }) => id === first?.id)
  return criteria.flatMap(({ id }) => {
    const ours = scoreIn(own, id)
    if (ours === undefined) return []
    const [leader] = contenders
      .map((other) => ({ leaderId: other.id, by: (scoreIn(other, id) ?? ours) - ours }))
      .sort((a, b) => b.by - a.by)
    return leader && leader.by > 0 ? [{ criterionId: id, ...leader }] : []
  })
}

const firstShares = (
  criteria: readonly Criterion[],
  tables: readonly Map<string, number>[],
  random: () => number,
): number[] => {
  const wins = tables.map(() => 0)
  if (tables.length === 0 || criteria.length === 0) return wins
  for (let draw = 0; draw < weighings; draw++) {
    // exponentials, divided by their sum, are a flat Dirichlet; the sum does not change who is first
    const weights = criteria.map(() => -Math.log(random()))
    const totals = tables.map((table) =>
      criteria.reduce((sum, { id }, c) => sum + weights[c]! * (table.get(id) ?? middle), 0),
    )
    const best = Math.max(...totals)
    const first = totals.flatMap((total, i) => (total === best ? [i] : []))
    for (const i of first) wins[i]! += 1 / first.length
  }
  return wins.map((won) => won / weighings)
}
