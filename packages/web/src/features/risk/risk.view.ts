/** @file The register for the eye: how often, how much, what share of the expected loss. */
import type { Risk, RiskSimulation } from '@capstan/api'
import type { Tone } from '../../ui/icons.tsx'

export const frequencyOf = ({
  frequency,
  frequencyFactor,
}: Pick<Risk, 'frequency' | 'frequencyFactor'>): number =>
  (frequency.alpha / frequency.beta) * frequencyFactor

/** The range in which a loss is expected, in the workspace's currency. */
export const lossRange = ({ loss }: Pick<Risk, 'loss'>): [number, number] =>
  loss.kind === 'lognormal' ? [loss.low, loss.high] : [loss.min, loss.max]

export const contributionOf = (risk: Pick<Risk, 'id'>, simulation: RiskSimulation | undefined) =>
  simulation?.contributions.find(({ riskId }) => riskId === risk.id) ?? null

export const indicatorTones = {
  green: 'good',
  amber: 'watch',
  red: 'bad',
  unknown: 'open',
} as const satisfies Record<string, Tone>
