/** @file What a relaxation does not see by itself: sets of starts of which a plan can hold only one. */
import type { Board } from './board.ts'
import type { Model } from './model.ts'

/** Beyond, looking at all pairs takes longer than what the cliques bring. */
const mostStarts = 2000
const mostCliques = 400

/**
 * Columns of which at most one can be 1 (Padberg 1973), because any two of them break a limit, an exclusion or the
 * order of a prerequisite. Together they cover every pair of starts of different candidates that cannot be combined.
 */
export const conflictCliques = (board: Board, { starts }: Model): number[][] => {
  const count = starts.length
  if (count > mostStarts) return []
  const conflicts = conflictsOf(board, starts)
  const covered = new Uint8Array(count * count)
  const degree = starts.map((_, x) =>
    conflicts.subarray(x * count, (x + 1) * count).reduce((a, b) => a + b, 0),
  )
  const order = starts.map((_, x) => x).sort((a, b) => degree[b]! - degree[a]!)
  const cliques: number[][] = []
  for (let x = 0; x < count; x++)
    for (let y = x + 1; y < count; y++) {
      if (conflicts[x * count + y] === 0 || covered[x * count + y] === 1) continue
      if (starts[x]!.candidate === starts[y]!.candidate) continue
      const clique = [x, y]
      for (const z of order) if (clique.every((one) => conflicts[one * count + z] === 1)) clique.push(z)
      for (const a of clique) for (const b of clique) covered[a * count + b] = 1
      if (cliques.push(clique) === mostCliques) return cliques
    }
  return cliques
}

/** 1 at `x * count + y` where the starts x and y cannot both be in a plan. */
const conflictsOf = (board: Board, starts: Model['starts']): Uint8Array => {
  const { capacity, options, exclusions, prerequisites, durations } = board
  const count = starts.length
  const conflicts = new Uint8Array(count * count)
  const seen = options.map(() => 0)
  const ways = starts.map(({ candidate }) => options[candidate]![seen[candidate]!++]!)
  const taken = new Float64Array(capacity.length)
  const tooEarly = (later: number, earlier: number) => {
    const [a, b] = [starts[later]!, starts[earlier]!]
    return prerequisites[a.candidate]!.includes(b.candidate) && b.start + durations[b.candidate]! > a.start
  }
  for (let x = 0; x < count; x++) {
    taken.fill(0)
    const { limits, amounts } = ways[x]!
    limits.forEach((limit, q) => {
      taken[limit]! += amounts[q]!
    })
    const own = starts[x]!.candidate
    for (let y = x + 1; y < count; y++) {
      const other = starts[y]!.candidate
      const { limits: theirs, amounts: more } = ways[y]!
      const apart =
        own === other ||
        exclusions[own]!.includes(other) ||
        tooEarly(x, y) ||
        tooEarly(y, x) ||
        theirs.some((limit, q) => taken[limit]! > 0 && taken[limit]! + more[q]! > capacity[limit]!)
      if (apart) conflicts[x * count + y] = conflicts[y * count + x] = 1
    }
  }
  return conflicts
}
