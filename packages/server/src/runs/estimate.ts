/** @file How long a training run should take on this machine, before it has run. */
import { availableParallelism } from 'node:os'
import type { DesignSummary, TrainParameters } from '@capstan/api'

/** What one core sustains on small convolutions, forward and backward (measured: 20 to 90 GFLOP/s by design). */
const FLOPS_PER_CORE_SECOND = 15e9
/** A backward pass costs about two forward passes. */
const STEP_TO_FORWARD = 3
const START_SECONDS = 3

/** An upper guess in seconds: what a budget should hold for the run. */
export function estimateSeconds(
  { flops }: DesignSummary,
  samples: number,
  parameters: TrainParameters,
): number {
  const threads = Math.min(parameters.threads ?? availableParallelism(), availableParallelism())
  const work = flops * STEP_TO_FORWARD * samples * parameters.epochs
  return START_SECONDS + work / (FLOPS_PER_CORE_SECOND * threads)
}
