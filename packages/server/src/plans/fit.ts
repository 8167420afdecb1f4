/** @file Fits a scaling law and reads budgets from it; runs on the compute thread, because resampling takes long. */

import type { ScalingPlan } from '@capstan/api'
import {
  accepted,
  adviseScaling,
  fitScaling,
  type Result,
  type ScalingFit,
  type ScalingRun,
} from '@capstan/domain'

export type ScalingRead = Omit<ScalingFit, 'resampled' | 'runs'> & Pick<ScalingPlan, 'advice'>

export function planScaling({
  runs,
  budgets,
  seed,
}: {
  runs: readonly ScalingRun[]
  budgets: readonly number[]
  seed: number
}): Result<ScalingRead> {
  const fit = fitScaling(runs, { seed })
  if (!fit.ok) return fit
  const { law, interval, error, covered } = fit.value
  const advice = budgets.map((flop) => {
    const found = adviseScaling(fit.value, flop)
    return found.ok
      ? { flop, best: found.value, refusal: null }
      : { flop, best: null, refusal: found.refusal }
  })
  return accepted({ law, interval, error, covered, advice })
}
