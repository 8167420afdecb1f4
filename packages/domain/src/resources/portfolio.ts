/** @file Pools, candidates and allocations: what competes for what, and what was decided. */
import type { Beta } from '../chance/gamma.ts'
import type { Message } from '../messages/message.ts'

export type PoolKind = 'people' | 'compute' | 'cash'

/** `capacity` per period, in the pool's unit. */
export type Pool = { id: string; name: string; kind: PoolKind; unit: string; capacity: number[] }

/** Least, most likely and greatest value if it succeeds (PERT), in the workspace currency. */
export type ValueRange = { low: number; mode: number; high: number }

export type Candidate = {
  id: string
  name: string
  value: ValueRange
  /** Belief about the chance of success. */
  chance: Beta
  /** Per pool, what is needed in each period of its duration (the longest of these arrays). */
  needs: Record<string, number[]>
  /** First and last period in which it may start, counted from 0. */
  earliest: number
  latest: number
  /** Initiatives that must be chosen too, and finished before this starts. */
  prerequisites: string[]
  exclusions: string[]
  /** Must be chosen, whatever it brings. */
  mandatory?: boolean
}

export type AllocationInput = {
  pools: Pool[]
  candidates: Candidate[]
  periods: number
  /**
   * Aversion to risk, 0 to 1: the objective is the expected value less lambda times the CVaR of the shortfall
   * below it (the mean shortfall of the worst tenth of scenarios).
   */
  lambda: number
  seed: number
  /** Number of scenarios for the risk term; default 200. */
  scenarios?: number
  /** When the solver may stop: relative gap (default 1e-6) and seconds per programme (default 6). */
  relativeGap?: number
  seconds?: number
  /** Share of the usual search and improvement, above 0; default 1. */
  effort?: number
}

export type Chosen = { initiativeId: string; start: number }

export type PoolUsage = { poolId: string; period: number; used: number; capacity: number }

/** `shadowPrice`: gain of the relaxed optimum per further unit of capacity. */
export type BindingLimit = PoolUsage & { shadowPrice: number }

export type Rejected = { initiativeId: string; reason: Message }

export type RunnerUp = { chosen: Chosen[]; objective: number; difference: number; reason: Message }

export type Allocation = {
  /** `optimal`: proven within the relative gap asked for, even where the relaxation's bound is loose. */
  status: 'optimal' | 'feasible' | 'infeasible' | 'failed'
  chosen: Chosen[]
  expectedValue: number
  /** CVaR (90 %) of the shortfall below the expected value. */
  cvar: number
  objective: number
  /** The relaxation's optimum: no portfolio can be better. */
  bound: number
  /** (bound - objective)/|bound|; 0 when there is nothing to gain. */
  gap: number
  binding: BindingLimit[]
  usage: PoolUsage[]
  rejected: Rejected[]
  runnerUp: RunnerUp | null
  explanation: Message
  /** Which limits conflict, when nothing is feasible. */
  conflict?: Message[]
}
