/** @file The register for the eye: how often, how much, what share of the expected loss. */
import type { Risk, RiskSimulation } from '@capstan/api'
import { meanRate } from '@capstan/domain'
import type { Tone } from '../../ui/icons.tsx'

/** Events a year that are simulated: the estimate with incidents and indicators. */
export const frequencyOf = ({ now }: Pick<Risk, 'now'>): number => meanRate(now.frequency)

/** The range in which a loss is expected, in the workspace's currency. */
export const lossRange = ({ loss }: Pick<Risk, 'loss'>): [number, number] =>
  loss.kind === 'fixed'
    ? [loss.amount, loss.amount]
    : loss.kind === 'lognormal'
      ? [loss.low, loss.high]
      : [loss.min, loss.max]

export const contributionOf = (risk: Pick<Risk, 'id'>, simulation: RiskSimulation | undefined) =>
  simulation?.contributions.find(({ riskId }) => riskId === risk.id) ?? null

export const indicatorTones = {
  green: 'good',
  amber: 'watch',
  red: 'bad',
  stale: 'open',
  unknown: 'open',
} as const satisfies Record<string, Tone>
