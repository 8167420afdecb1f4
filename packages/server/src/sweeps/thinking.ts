/** @file What a sweep thinks about on the compute thread: its next steps, and which parameters mattered. */
import * as domain from '@capstan/domain'

export interface Situation {
  plan: domain.SweepPlan
  trials: readonly domain.Trial[]
}

export const decideSweep = ({ plan, trials }: Situation): domain.SweepStep[] =>
  domain.decideSweep(plan, trials)

export const importanceOf = ({
  plan,
  results,
}: {
  plan: domain.SweepPlan
  results: Parameters<typeof domain.importanceOf>[1]
}): domain.Importance[] => domain.importanceOf(plan.space, results, plan.seed)

/** Trials as they are sent: of one that has ended only the points that rungs ask for, and its last. */
export function sent({ plan, trials }: Situation): Situation {
  const { halving } = plan
  const steps = halving && halving.parameter === null ? domain.rungsOf(halving) : []
  return {
    plan,
    trials: trials.map((trial) => {
      if (trial.state === 'running') return trial
      const asked = new Set(steps.map((step) => trial.curve.findIndex((point) => point.step >= step)))
      const last = trial.curve.length - 1
      return { ...trial, curve: trial.curve.filter((_, i) => i === last || asked.has(i)) }
    }),
  }
}
