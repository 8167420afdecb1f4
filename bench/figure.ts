/** @file One measured comparison; a ratio above 1 means that ours is better. */
export interface Figure {
  readonly bench: string
  readonly figure: string
  readonly ours: number
  readonly peer: string
  readonly theirs: number
  readonly unit: string
  readonly ratio: number
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
