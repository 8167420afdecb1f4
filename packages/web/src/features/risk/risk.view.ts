/** @file The register for the eye: how often, how much, what share of the expected loss. */
import type { Risk, RiskAppetite, RiskSimulation } from '@capstan/api'
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

/** Numbers of a rule or standard under its name, in the order in which they are given. */
export function referencesBySource(
  references: Risk['references'],
): [Risk['references'][number]['source'], string[]][] {
  const sources = [...new Set(references.map(({ source }) => source))]
  return sources.map((source) => [
    source,
    references.filter((one) => one.source === source).map(({ number }) => number),
  ])
}

interface Bar {
  low: { ale: number }
  high: { ale: number }
}

/** Places of the bars between the least and the greatest expected loss, as shares of the width. */
export function tornadoSpans<B extends Bar>(
  bars: readonly B[],
  ale: number,
): { bar: B; from: number; to: number; middle: number }[] {
  const low = Math.min(ale, ...bars.map((bar) => bar.low.ale))
  const high = Math.max(ale, ...bars.map((bar) => bar.high.ale))
  const place = (value: number) => (high > low ? (value - low) / (high - low) : 0)
  return bars.map((bar) => ({
    bar,
    from: place(bar.low.ale),
    to: place(bar.high.ale),
    middle: place(ale),
  }))
}

/** Each point with what was simulated for it; null while that is not known. */
export const appetiteRows = ({ points, standing }: Pick<RiskAppetite, 'points' | 'standing'>) =>
  points.map((point) => {
    const known = standing.points.find(({ loss }) => loss === point.loss)
    return { ...point, found: known?.found ?? null, within: known?.within ?? null }
  })

export const appetiteMarks = (appetite: Pick<RiskAppetite, 'points' | 'standing'> | null) =>
  appetite ? appetiteRows(appetite).map(({ within, ...point }) => ({ ...point, within: within ?? true })) : []

/** A point set in its place by its loss; one with the same loss is replaced. */
export const withPoint = (
  points: RiskAppetite['points'],
  point: RiskAppetite['points'][number],
): RiskAppetite['points'] =>
  [...points.filter(({ loss }) => loss !== point.loss), point].sort((a, b) => a.loss - b.loss)
