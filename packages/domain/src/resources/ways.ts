/** @file The options of a board as flat arrays, on which millions of moves are tried. */
import type { Board } from './board.ts'

/** Options are counted through: those of candidate i are `first[i]` to `first[i + 1]` exclusive. */
export type Ways = {
  count: number
  first: Int32Array
  owner: Int32Array
  start: Int32Array
  /** Entries of option f are `begin[f]` to `begin[f + 1]` exclusive of `limits` and `amounts`. */
  begin: Int32Array
  limits: Int32Array
  amounts: Float64Array
  /** What option f takes of limit l, at `f x limits + l`. */
  dense: Float64Array
}

export const flatWays = ({ options, capacity }: Board): Ways => {
  const all = options.flat()
  const first = new Int32Array(options.length + 1)
  options.forEach((own, i) => {
    first[i + 1] = first[i]! + own.length
  })
  const begin = new Int32Array(all.length + 1)
  const dense = new Float64Array(all.length * capacity.length)
  all.forEach(({ limits, amounts }, f) => {
    begin[f + 1] = begin[f]! + limits.length
    limits.forEach((limit, q) => {
      dense[f * capacity.length + limit]! += amounts[q]!
    })
  })
  return {
    count: all.length,
    first,
    owner: Int32Array.from(options.flatMap((own, i) => own.map(() => i))),
    start: Int32Array.from(all, ({ start }) => start),
    begin,
    limits: Int32Array.from(all.flatMap(({ limits }) => [...limits])),
    amounts: Float64Array.from(all.flatMap(({ amounts }) => [...amounts])),
    dense,
  }
}
