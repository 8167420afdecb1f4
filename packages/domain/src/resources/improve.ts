/** @file Improves plans of large allocations: walks that may overdraw limits at first, then walks that hold them. */
import { anneal } from './anneal.ts'
import type { Board } from './board.ts'
import type { Bound } from './bound.ts'
import { ejectionWalk } from './eject.ts'
import { type Ranked, ranking } from './ranking.ts'
import { createWalk } from './walk.ts'
import { flatWays } from './ways.ts'
import { appraiser } from './worth.ts'

export type Improvement = { best: Ranked | null; second: Ranked | null }

export type ImproveOptions = {
  /** Plans to beat. */
  known: readonly Ranked[]
  /** Stop when the best is at least this. */
  enough: number
  /** Walks, each from another beginning. */
  starts: number
  /** Moves of a walk per option. */
  moves: number
  seed: number
}

const mostMoves = 4e6
/** Moves that hold every limit, per move that need not: they cost more, and find their way in fewer. */
const holding = 0.25

/** The two best plans of some walks, each proven only by its own recomputed objective. */
export const improvePlans = (board: Board, bound: Bound, options: ImproveOptions): Improvement => {
  const { known, enough, starts, seed } = options
  const ways = flatWays(board)
  const { objective, beats, tangentAt } = appraiser(board)
  const { kept, offer } = ranking(known)
  const moves = Math.min(mostMoves, Math.ceil(options.moves * ways.count))
  const done = () => kept.best !== null && kept.best.objective >= enough
  // nothing chosen is a plan too, where nothing is mandatory
  const none = new Int32Array(board.options.length).fill(-1)
  if (!board.mandatory.includes(true)) offer({ plan: none, objective: objective(none) })
  for (let s = 0; s < starts && !done(); s++) {
    // where a plan is known, values near it are nearer to its objective than those of the bound
    const values = kept.best && s > 0 ? tangentAt(kept.best.plan) : bound.values
    const walk = createWalk(board, bound, ways, values, seed * 1000 + s)
    anneal(walk, bound, moves)
    const least = () => kept.second?.objective ?? -Infinity
    const visit = (plan: Int32Array): boolean => {
      if (board.mandatory.some((must, i) => must && plan[i]! < 0)) return true
      const found = beats(plan, least())
      if (found !== null) offer({ plan: walk.snapshot(), objective: found })
      return !done()
    }
    if (visit(walk.plan)) ejectionWalk(walk, moves * holding, visit)
  }
  return kept
}
