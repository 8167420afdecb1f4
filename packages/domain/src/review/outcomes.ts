/** @file What was predicted when the plan was made, beside what came: one row a prediction. */
import type { Evidence, Scale } from '../measures/measure.ts'
import { latest } from '../measures/state.ts'
import { meanRate } from '../risk/risk.ts'
import { nameOf } from './changes.ts'
import { total } from './plan.ts'
import type { EstimateSnapshot, Snapshot } from './snapshot.ts'

export type Outcome = {
  kind: 'keyResult' | 'budget' | 'effort' | 'cost' | 'runTime' | 'incidents' | 'decision'
  id: string
  name: string
  unit: string
  scale: Scale
  predicted: number | null
  /** 80 % interval of the prediction, where it had one. */
  low: number | null
  high: number | null
  came: number | null
  evidence: Evidence[]
}

const plain = { unit: '', scale: 'linear' as const, low: null, high: null, evidence: [] as Evidence[] }

/** @param before the snapshot of the plan; @param after that of now */
export const outcomesOf = (before: Snapshot, after: Snapshot): Outcome[] => [
  ...keyResults(before, after),
  ...after.budgets.map(({ initiativeId, poolId, poolName, unit, budget, spent, evidence = [] }) => ({
    ...plain,
    kind: 'budget' as const,
    id: `${initiativeId} ${poolId}`,
    name: `${nameOf(after, initiativeId)} · ${poolName}`,
    unit,
    predicted: budget,
    came: spent,
    evidence,
  })),
  ...estimates(after),
  ...runTime(after),
  ...after.risks.flatMap(({ id, name, frequency, observed }) =>
    observed
      ? [
          {
            ...plain,
            ...{ kind: 'incidents' as const, id, name, came: observed.events },
            predicted: meanRate(frequency) * observed.years,
            evidence: observed.evidence,
          },
        ]
      : [],
  ),
  ...after.decisions.map(
    ({ id, title, forecast, outcome }): Outcome => ({
      ...plain,
      ...{ kind: 'decision' as const, id, name: title },
      scale: forecast.kind === 'chance' ? ('proportion' as const) : ('linear' as const),
      predicted: forecast.kind === 'chance' ? forecast.chance : forecast.p50,
      low: forecast.kind === 'chance' ? null : forecast.p10,
      high: forecast.kind === 'chance' ? null : forecast.p90,
      came: outcome === null ? null : outcome.kind === 'value' ? outcome.value : outcome.happened ? 1 : 0,
    }),
  ),
]

const keyResults = (before: Snapshot, after: Snapshot): Outcome[] =>
  after.keyResults.map((now) => {
    const { id, name, unit, scale } = now
    const then = before.keyResults.find((other) => other.id === id)?.forecast
    const last = latest(now.points)
    return {
      ...{ kind: 'keyResult', id, name, unit, scale },
      predicted: then?.fan.at(-1)?.p50 ?? null,
      low: then?.interval?.[0] ?? null,
      high: then?.interval?.[1] ?? null,
      came: last?.value ?? null,
      evidence: last ? [last.evidence] : [],
    }
  })

/** Sums a person; which task was how far off is on the board. */
const estimates = ({ estimates }: Snapshot): Outcome[] => {
  const groups = new Map<string, EstimateSnapshot[]>()
  for (const estimate of estimates) {
    const key = `${estimate.subject} ${estimate.memberId}`
    groups.set(key, [...(groups.get(key) ?? []), estimate])
  }
  return [...groups].map(([id, group]) => ({
    ...plain,
    ...{ kind: group[0]!.subject, id, name: group[0]!.memberName },
    unit: group[0]!.subject === 'effort' ? 'day' : '',
    predicted: total(group.map(({ predicted }) => predicted)),
    came: total(group.map(({ actual }) => actual)),
    evidence: [{ noun: 'member', id: group[0]!.memberId }],
  }))
}

const runTime = ({ runs }: Snapshot): Outcome[] =>
  runs && runs.estimated > 0
    ? [
        {
          ...plain,
          ...{ kind: 'runTime', id: 'runs', name: String(runs.estimated), unit: 'min' },
          predicted: runs.predictedSeconds / 60,
          came: runs.actualSeconds / 60,
        },
      ]
    : []
