/** @file The output of a run: how much of it is kept, and what is left out. */

/** Bytes kept of a run's output: how it began, and how it ends. */
export type LogLimits = { head: number; tail: number }

export const defaultLogLimits: LogLimits = { head: 1 << 20, tail: 8 << 20 }

/** The bytes [from, to) that are left out once `end` bytes have been printed; null while all are kept. */
export const leftOut = (end: number, { head, tail }: LogLimits): { from: number; to: number } | null =>
  end <= head + tail ? null : { from: head, to: end - tail }

export type LogPiece = { offset: number; bytes: number }

/** Gaps between pieces that are sorted by offset, from the first byte to `end`. */
export const gapsOf = (
  pieces: readonly LogPiece[],
  from: number,
  end: number,
): { from: number; to: number }[] => {
  const gaps: { from: number; to: number }[] = []
  let at = from
  for (const { offset, bytes } of pieces) {
    if (offset > at) gaps.push({ from: at, to: offset })
    at = Math.max(at, offset + bytes)
  }
  if (end > at) gaps.push({ from: at, to: end })
  return gaps
}
