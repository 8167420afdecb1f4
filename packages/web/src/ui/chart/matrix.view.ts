/** @file The cells of a confusion matrix: how dark each is, and which mistakes stand out. */

export interface Cell {
  count: number
  /** 0 to 1: of the row's samples on the diagonal, against the worst mistake off it. */
  shade: number
  diagonal: boolean
  worst: boolean
}

export function cellsOf(
  confusion: readonly (readonly number[])[],
  worst: readonly { actual: number; predicted: number }[],
): Cell[][] {
  const worstMistake = Math.max(1, ...confusion.flatMap((row, i) => row.filter((_, j) => i !== j)))
  return confusion.map((row, i) => {
    const total = Math.max(
      1,
      row.reduce((sum, count) => sum + count, 0),
    )
    return row.map((count, j) => ({
      count,
      diagonal: i === j,
      shade: i === j ? count / total : count / worstMistake,
      worst: worst.some((pair) => pair.actual === i && pair.predicted === j),
    }))
  })
}
