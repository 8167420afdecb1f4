/** @file How much of a run is done. */

/** Steps are counted within the epoch. */
export interface Steps {
  epoch: number
  epochs: number
  step: number
  steps: number
}

export function runShare(progress: Steps | null | undefined): number {
  if (!progress || progress.steps === 0 || progress.epochs === 0) return 0
  const { epoch, epochs, step, steps } = progress
  return Math.min(1, Math.max(0, ((Math.max(1, epoch) - 1) * steps + step) / (epochs * steps)))
}
