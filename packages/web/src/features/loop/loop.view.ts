/** @file What the loop page shows, from one reading of the loop: panels, what changed, what is going on. */
import type { Evidence, Loop, Origin, Run } from '@capstan/api'
import { evidencePath, paths } from '../../paths.ts'
import type { Tone } from '../../ui/icons.tsx'

export const sourceOf = (evidence: Evidence | undefined): string | null =>
  evidence ? evidencePath(evidence) : null

/** Use of the compute pools against their budgets, in the pool's unit. */
export function computeUse({ budgets, pools }: Pick<Loop, 'budgets' | 'pools'>) {
  const compute = new Set(pools.filter((pool) => pool.kind === 'compute').map((pool) => pool.id))
  const own = budgets.filter((budget) => compute.has(budget.poolId))
  if (own.length === 0) return null
  return {
    used: sum(own.map((budget) => budget.used)),
    amount: sum(own.map((budget) => budget.amount)),
    cost: sum(own.map((budget) => budget.cost)),
    unit: own[0]!.unit,
  }
}

/** The limit whose last unit is worth most. */
export function dearestLimit({ allocation, pools }: Pick<Loop, 'allocation' | 'pools'>) {
  const binding = [...(allocation?.result.binding ?? [])].sort((a, b) => b.shadowPrice - a.shadowPrice)[0]
  const pool = pools.find((candidate) => candidate.id === binding?.poolId)
  return binding && pool && binding.shadowPrice > 0 ? { ...binding, pool } : null
}

export function indicatorCounts({ indicators }: Pick<Loop, 'indicators'>) {
  const of = (state: string) => indicators.filter((indicator) => indicator.state === state).length
  return { red: of('red'), amber: of('amber'), unknown: of('unknown') + of('stale'), all: indicators.length }
}

export const indicatorTone = (counts: ReturnType<typeof indicatorCounts>): Tone =>
  counts.red > 0 ? 'bad' : counts.amber > 0 ? 'watch' : counts.unknown === counts.all ? 'open' : 'good'

export interface Change {
  key: string
  kind: 'chance' | 'keyResult' | 'value' | 'compute' | 'cost' | 'loss' | 'badYear'
  name?: string
  unit?: string
  before: number | null
  now: number | null
  beforeInterval?: readonly [number, number]
  nowInterval?: readonly [number, number]
  of?: number
  origin: Origin | 'forecast'
  href: string | null
  /** Whether a larger number is the better one. */
  up: boolean
}

/** The plan as it was made against the plan as it stands. */
export function changesOf(loop: Loop): Change[] {
  const { chance, keyResults, review, simulations } = loop
  const plan = review?.before
  const [today, first] = [simulations[0], simulations.at(-1)]
  const compute = computeUse(loop)
  return [
    {
      key: 'chance',
      kind: 'chance',
      before: chance.before?.chance ?? null,
      now: chance.now?.chance ?? null,
      ...(chance.before ? { beforeInterval: chance.before.interval } : {}),
      ...(chance.now ? { nowInterval: chance.now.interval } : {}),
      origin: 'forecast',
      href: paths.strategy,
      up: true,
    },
    ...keyResults.map((keyResult): Change => {
      const { latest, unit, direction } = keyResult.measure
      return {
        key: keyResult.id,
        kind: 'value',
        name: keyResult.title,
        unit,
        before: plan?.keyResults.find((then) => then.id === keyResult.id)?.value ?? keyResult.baseline,
        now: latest?.value ?? null,
        origin: latest?.origin ?? 'measured',
        href: sourceOf(latest?.evidence) ?? paths.strategy,
        up: direction === 'up',
      }
    }),
    ...(compute
      ? [
          {
            key: 'compute',
            kind: 'compute' as const,
            unit: compute.unit,
            before: 0,
            now: compute.used,
            of: compute.amount,
            origin: 'measured' as const,
            href: paths.resources,
            up: false,
          },
        ]
      : []),
    ...(today && first
      ? (['loss', 'badYear'] as const).map(
          (kind): Change => ({
            key: kind,
            kind,
            before: kind === 'loss' ? first.ale : first.var95,
            now: kind === 'loss' ? today.ale : today.var95,
            origin: 'forecast',
            href: paths.risk,
            up: false,
          }),
        )
      : []),
  ]
}

export type Activity =
  | 'training'
  | 'evaluating'
  | 'queued'
  | 'turning'
  | 'interrupted'
  | 'waiting'
  | 'resting'

/** What is going on, for the line under the heading. */
export function goingOn({
  run,
  workspace,
  openProposals,
}: Pick<Loop, 'run' | 'workspace' | 'openProposals'>): Activity {
  if (run?.state === 'running') return run.kind === 'train' ? 'training' : 'evaluating'
  if (run?.state === 'queued') return 'queued'
  if (workspace.firstTurn === 'turning') return 'turning'
  if (workspace.firstTurn === 'interrupted') return 'interrupted'
  return openProposals.length > 0 ? 'waiting' : 'resting'
}

/** The training run whose curve is shown: the run itself, or the one that an evaluation belongs to. */
export const curveRunId = (run: Pick<Run, 'id' | 'kind' | 'parentRunId'>): string =>
  run.kind === 'evaluate' ? (run.parentRunId ?? run.id) : run.id

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0)
