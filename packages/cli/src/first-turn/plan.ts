/** @file The demonstration plan of the first turn: its numbers. The texts lie in plan-text.ts. */
import type { Language, Role } from '@capstan/api'
import type { NamedDesign } from '../designs/named.ts'
import { type PlanText, planText } from './plan-text.ts'

/** Weeks; capacities and needs are per week. */
export const periods = 4
export const modelName = 'digits'
export const datasetName = 'MNIST'
export const accuracyTarget = 0.97
export const latencyTargetMs = 10
export const calibrationLimit = 0.02

export type MemberKey = 'engineer' | 'reviewer' | 'lead'
export type PoolKey = 'compute' | 'people' | 'cash'
export type RiskKey = 'drift' | 'overrun' | 'labels' | 'people' | 'outage'
export type TaskKey = 'data' | 'train' | 'evaluate' | 'release' | 'serve'

interface Member {
  roles: Role[]
  skills: string[]
  daysPerPeriod: number
}

/** A lead who is an engineer too, so that a release never waits for its own author. */
export const members: Record<MemberKey, Member> = {
  engineer: { roles: ['engineer'], skills: ['training', 'serving'], daysPerPeriod: 3 },
  reviewer: { roles: ['reviewer'], skills: ['data', 'evaluation'], daysPerPeriod: 1 },
  lead: { roles: ['lead', 'engineer'], skills: ['planning', 'serving'], daysPerPeriod: 1 },
}

interface Pool {
  kind: PoolKey
  unit: string
  perPeriod: number
  rate: number
}

/** Compute at 0.08 a minute is what a rented two-core machine costs an hour (about 5 CNY). */
export const pools = (currency: string): Record<PoolKey, Pool> => ({
  compute: { kind: 'compute', unit: 'min', perPeriod: 12, rate: 0.08 },
  people: { kind: 'people', unit: 'day', perPeriod: 5, rate: 1600 },
  cash: { kind: 'cash', unit: currency, perPeriod: 12_000, rate: 1 },
})

interface Bet {
  design: NamedDesign
  designName: string
  value: { low: number; mode: number; high: number }
  chance: { alpha: number; beta: number }
  needs: Record<PoolKey, number[]>
}

/** Five people-days a week: SimpleCNN and the wider network cannot both have theirs. */
export const bets: Bet[] = [
  {
    design: 'linear',
    designName: 'Linear',
    value: { low: 1000, mode: 2000, high: 4000 },
    chance: { alpha: 1, beta: 9 },
    needs: { compute: [1], people: [1], cash: [1500] },
  },
  {
    design: 'simple-cnn',
    designName: 'SimpleCNN',
    value: { low: 9000, mode: 15_000, high: 26_000 },
    chance: { alpha: 8, beta: 2 },
    needs: { compute: [6, 3], people: [5, 5, 2], cash: [4000, 2000, 1000] },
  },
  {
    design: 'wide-cnn',
    designName: 'WideCNN',
    value: { low: 8000, mode: 16_000, high: 30_000 },
    chance: { alpha: 7, beta: 3 },
    needs: { compute: [10, 8, 4], people: [5, 4, 3], cash: [9000, 5000, 2000] },
  },
]

/** The design that is trained on the first turn. */
export const mainDesign = 'SimpleCNN'

interface RiskNumbers {
  frequency: { alpha: number; beta: number }
  loss:
    | { kind: 'lognormal'; low: number; high: number }
    | { kind: 'pert'; min: number; mode: number; max: number }
  commonCause: number
  owner: MemberKey
  treatment: 'accept' | 'reduce' | 'transfer'
  indicator?: { measure: 'accuracy-margin' | 'compute-burn'; amber: number; red: number }
}

export const risks: Record<RiskKey, RiskNumbers> = {
  drift: {
    frequency: { alpha: 2, beta: 2 },
    loss: { kind: 'lognormal', low: 3000, high: 40_000 },
    commonCause: 0.4,
    owner: 'engineer',
    treatment: 'reduce',
    indicator: { measure: 'accuracy-margin', amber: 0.005, red: 0 },
  },
  overrun: {
    frequency: { alpha: 3, beta: 2 },
    loss: { kind: 'pert', min: 200, mode: 1000, max: 6000 },
    commonCause: 0.2,
    owner: 'lead',
    treatment: 'reduce',
    indicator: { measure: 'compute-burn', amber: 0.8, red: 1 },
  },
  labels: {
    frequency: { alpha: 2, beta: 5 },
    loss: { kind: 'lognormal', low: 5000, high: 80_000 },
    commonCause: 0.4,
    owner: 'reviewer',
    treatment: 'reduce',
  },
  people: {
    frequency: { alpha: 1, beta: 4 },
    loss: { kind: 'pert', min: 30_000, mode: 60_000, max: 150_000 },
    commonCause: 0.1,
    owner: 'lead',
    treatment: 'accept',
  },
  outage: {
    frequency: { alpha: 4, beta: 2 },
    loss: { kind: 'lognormal', low: 500, high: 12_000 },
    commonCause: 0.2,
    owner: 'engineer',
    treatment: 'transfer',
  },
}

interface TaskNumbers {
  assignee: MemberKey
  days: number
  after: TaskKey[]
}

export const tasks: Record<TaskKey, TaskNumbers> = {
  data: { assignee: 'reviewer', days: 1, after: [] },
  train: { assignee: 'engineer', days: 4, after: ['data'] },
  evaluate: { assignee: 'engineer', days: 2, after: ['train'] },
  release: { assignee: 'lead', days: 2, after: ['evaluate'] },
  serve: { assignee: 'engineer', days: 3, after: ['release'] },
}

export interface Plan {
  text: PlanText
}

export const planIn = (language: Language): Plan => ({ text: planText[language] })
