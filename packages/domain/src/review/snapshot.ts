/** @file A snapshot of the loop: what was believed and known at one instant. */
import type { Beta } from '../chance/gamma.ts'
import type { Direction, Evidence, Point, Scale } from '../measures/measure.ts'
import { latest } from '../measures/state.ts'
import type { Chosen, PoolKind } from '../resources/portfolio.ts'
import type { IndicatorState } from '../risk/indicator.ts'
import type { Frequency } from '../risk/risk.ts'
import type { Forecast } from '../strategy/forecast.ts'

export type KeyResultSnapshot = {
  id: string
  name: string
  unit: string
  direction: Direction
  scale: Scale
  baseline: number
  target: number
  due: string
  points: Point[]
  forecast: Forecast
  /** The initiatives that serve it. */
  initiativeIds?: string[]
}

export type BudgetSnapshot = {
  initiativeId: string
  poolId: string
  poolName: string
  kind: PoolKind
  unit: string
  budget: number
  spent: number
  committed: number
  /** Share of the initiative's work that is done, 0 to 1. */
  done: number
  /** Price of one unit in the workspace's currency. */
  rate?: number
  evidence?: Evidence[]
}

export type InitiativeSnapshot = {
  id: string
  name: string
  state: 'candidate' | 'chosen' | 'done' | 'stopped'
  chance: Beta
  expectedValue: number
}

export type RiskSnapshot = {
  id: string
  name: string
  /** As estimated, without the indicator's multiplier. */
  frequency: Frequency
  ale: number
  /** What happened since the frequency was estimated: incidents in so many years. */
  observed?: { events: number; years: number; evidence: Evidence[] }
  /** `evidence` of its measured value; without any, the review proposes nothing from it. */
  indicator: {
    measureName: string
    unit?: string
    scale?: Scale
    value: number | null
    state: IndicatorState
    evidence: Evidence[]
  } | null
}

export type DecisionSnapshot = {
  id: string
  title: string
  /** What was forecast when it was taken, and, once known, how it came. */
  forecast: { kind: 'chance'; chance: number } | { kind: 'interval'; p10: number; p50: number; p90: number }
  outcome: { kind: 'happened'; happened: boolean } | { kind: 'value'; value: number } | null
}

/** One finished piece of estimated work, in one unit. */
export type EstimateSnapshot = {
  memberId: string
  memberName: string
  subject: 'effort' | 'cost'
  predicted: number
  actual: number
}

/** Runs of the cycle that have come to an end. */
export type RunsSnapshot = {
  ended: number
  finished: number
  failed: number
  /** Wall-clock seconds of all of them, and what they cost in the workspace's currency. */
  seconds: number
  cost: number
  /** Of the finished ones that were estimated: how many, and the seconds predicted and taken. */
  estimated: number
  predictedSeconds: number
  actualSeconds: number
}

export type Snapshot = {
  at: string
  cycleId: string
  keyResults: KeyResultSnapshot[]
  initiatives: InitiativeSnapshot[]
  budgets: BudgetSnapshot[]
  risks: RiskSnapshot[]
  lossProfile: { ale: number; var95: number; es95: number } | null
  decisions: DecisionSnapshot[]
  estimates: EstimateSnapshot[]
  runs?: RunsSnapshot
  allocation: { id: string; chosen: Chosen[]; runnerUp: Chosen[] | null } | null
}

/**
 * What a later review compares: of each history the last point and the last measured one, of each forecast what it
 * said of the due date. The histories stay with their measures.
 */
export const trimmed = (snapshot: Snapshot): Snapshot => ({
  ...snapshot,
  keyResults: snapshot.keyResults.map((keyResult) => {
    const { points, forecast } = keyResult
    const last = latest(points)
    const measured = latest(points.filter(({ origin }) => origin === 'measured'))
    return {
      ...keyResult,
      points: [...new Set([measured, last].flatMap((point) => point ?? []))],
      forecast: { ...forecast, fan: forecast.fan.slice(-1) },
    }
  }),
})
