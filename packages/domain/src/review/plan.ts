/** @file The plan that a review may change: what is set, funded, granted and believed, in plain values. */
import type { Beta } from '../chance/gamma.ts'
import type { Direction, Point, Scale } from '../measures/measure.ts'
import type { Chosen, Pool, ValueRange } from '../resources/portfolio.ts'
import type { Mitigation, Risk } from '../risk/risk.ts'

export type PlannedKeyResult = {
  id: string
  objectiveId: string
  /** Of its measure. */
  name: string
  unit: string
  direction: Direction
  scale: Scale
  baseline: number
  target: number
  due: string
  points: Point[]
}

export type PlannedInitiative = {
  id: string
  name: string
  state: 'candidate' | 'declined' | 'funded' | 'stopped' | 'done'
  chance: Beta
  value: ValueRange
  /** Per pool, what is needed in each period of its duration. */
  needs: Record<string, number[]>
  earliest: number
  latest: number
  prerequisites: string[]
  exclusions: string[]
  estimatorId: string | null
  /** The key results that it serves; all of its cycle's when it names none. */
  serves?: string[] | undefined
}

export type PlannedPool = Pool & {
  /** Price of a unit in the workspace's currency. */
  rate: number
  /** The capacity is what members with a skill can give: it follows who is there. */
  skilled: boolean
}

export type PlannedTask = {
  id: string
  initiativeId: string | null
  assigneeId: string | null
  state: 'todo' | 'doing' | 'blocked' | 'review' | 'done' | 'dropped'
  estimateDays: number
}

/** `frequency` is the estimate; `factor` is what its indicators make of it now. */
export type PlannedRisk = Risk & { factor: number }

export type PlannedMitigation = Mitigation & { adopted: boolean }

/** What an initiative may use of a pool, in the pool's unit. */
export type Grant = { initiativeId: string; poolId: string; amount: number }

export type Plan = {
  at: string
  cycle: { id: string; number: number; start: string; end: string }
  /** The cycle is the one after that which was read. */
  turned: boolean
  objectives: { id: string; title: string }[]
  keyResults: PlannedKeyResult[]
  /** Of this cycle, and what ended in the one before it. */
  initiatives: PlannedInitiative[]
  /** Initiatives on which something was used, or a task was begun, at any time. */
  begun: string[]
  /** Initiatives that were done earlier, which others may have waited for. */
  doneBefore: string[]
  pools: PlannedPool[]
  /** Limits of people with several skills, who count for two pools but not for both at once. */
  joint: (Pool & { parts: string[] })[]
  allocation: { id: string; lambda: number; seed: number; chosen: Chosen[]; grants: Grant[] } | null
  /** Used since the cycle began, by `initiative pool`. */
  used: Record<string, number>
  tasks: PlannedTask[]
  risks: PlannedRisk[]
  mitigations: PlannedMitigation[]
  /** Key results that get a task to be measured. */
  toMeasure: string[]
  /** Pools of skills that get a task to hire, with the amount in each period. */
  toHire: { poolId: string; amount: number }[]
}

export const grantKey = ({ initiativeId, poolId }: Pick<Grant, 'initiativeId' | 'poolId'>): string =>
  `${initiativeId} ${poolId}`

export const total = (amounts: readonly number[]): number => amounts.reduce((sum, amount) => sum + amount, 0)

/** What no initiative holds of a pool, over all periods, in its unit. */
export const freeOf = ({ pools, allocation }: Plan, poolId: string): number => {
  const capacity = total(pools.find(({ id }) => id === poolId)?.capacity ?? [])
  const granted = allocation?.grants.filter((grant) => grant.poolId === poolId) ?? []
  return capacity - total(granted.map(({ amount }) => amount))
}

/** Funded, with tasks, and every one of them done. */
export const finished = ({ tasks }: Plan, { id, state }: PlannedInitiative): boolean => {
  if (state !== 'funded') return false
  const own = tasks.filter((task) => task.initiativeId === id && task.state !== 'dropped')
  return own.length > 0 && own.every((task) => task.state === 'done')
}

/** Share of the initiative's tasks that are done; 0 without tasks. */
export const shareDone = ({ tasks }: Plan, initiativeId: string): number => {
  const own = tasks.filter((task) => task.initiativeId === initiativeId && task.state !== 'dropped')
  return own.length === 0 ? 0 : own.filter(({ state }) => state === 'done').length / own.length
}

/**
 * The next cycle, as long as the one before: key results fall due at its end, what is finished has come to its end
 * and gives its grants back to the pools, everything else goes on with what it holds.
 */
export const turnOver = (plan: Plan): Plan => {
  const { at, cycle, allocation } = plan
  const end = new Date(Date.parse(at) + Date.parse(cycle.end) - Date.parse(cycle.start)).toISOString()
  const ended = new Set(plan.initiatives.filter((i) => finished(plan, i)).map(({ id }) => id))
  const goesOn = ({ initiativeId }: { initiativeId: string }) => !ended.has(initiativeId)
  return {
    ...plan,
    turned: true,
    cycle: { ...cycle, number: cycle.number + 1, start: at, end },
    keyResults: plan.keyResults.map((keyResult) => ({ ...keyResult, due: end })),
    initiatives: plan.initiatives.map((i) => (ended.has(i.id) ? { ...i, state: 'done' } : i)),
    used: {},
    allocation: allocation && {
      ...allocation,
      chosen: allocation.chosen.filter(goesOn),
      grants: allocation.grants.filter(goesOn),
    },
  }
}
