/** @file How far a run is, in steps. */
import type { Run } from '@capstan/api'

type Position = Pick<Run, 'progress' | 'checkpoint'>

/** Steps done over all epochs; `progress` counts its epoch from 1 and its steps within it. */
export const stepsDone = ({ progress }: Position): number =>
  progress === null ? 0 : Math.max(0, progress.epoch - 1) * progress.steps + progress.step

/** Steps that the last checkpoint holds: its whole epochs, and the steps of the one begun. */
export const stepsKept = ({ progress, checkpoint }: Position): number =>
  checkpoint === null ? 0 : checkpoint.epoch * (progress?.steps ?? 0) + checkpoint.step

export const stepsLost = (run: Position): number => Math.max(0, stepsDone(run) - stepsKept(run))

export const shareDone = (run: Position): number => {
  const { progress } = run
  if (progress === null || progress.steps === 0 || progress.epochs === 0) return 0
  return Math.min(1, stepsDone(run) / (progress.steps * progress.epochs))
}
