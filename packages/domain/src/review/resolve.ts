/** @file Solves the allocation anew with what the review has learned, and what it would change. */
import { allocate } from '../resources/allocate.ts'
import { withJointPools, withoutJointPools } from '../resources/availability.ts'
import type { Allocation, AllocationInput, Candidate } from '../resources/portfolio.ts'
import type { Solver } from '../resources/programme.ts'
import { expectedValue } from '../resources/scenarios.ts'
import { finished, type Plan, shareDone, total } from './plan.ts'

export type Extension = {
  poolId: string
  /** More in each period, in the pool's unit. */
  amount: number
  shadowPrice: number
  /** What the allocation solved with it is worth more, and what it costs, in the workspace's currency. */
  gain: number
  cost: number
}

export type Resolved = {
  allocation: Allocation
  /** Expected value of what is funded now and not finished, with the same beliefs. */
  currentValue: number
  extensions: Extension[]
}

export type ResolveLimits = { relativeGap: number; seconds: number; effort: number }

/**
 * A tenth of a percent is below what anybody believes of a plan; and people wait for a review. Whoever approves a plan
 * has it solved with all effort.
 */
const reviewLimits: ResolveLimits = { relativeGap: 1e-3, seconds: 0.3, effort: 0.1 }

/** Share of a pool by which an extension is tried, and how many pools are. */
const step = 0.2
const tried = 2

/** Null when there is nothing to choose, or the plan cannot be posed as an allocation. */
export const resolvePlan = async (
  plan: Plan,
  solver: Solver,
  limits: ResolveLimits = reviewLimits,
): Promise<Resolved | null> => {
  const input = allocationOf(plan, limits)
  if (input.candidates.length === 0 || input.pools.length === 0) return null
  const solve = async (posed: AllocationInput, joint = plan.joint) =>
    withoutJointPools(await allocate(withJointPools(posed, joint), solver), joint)
  const allocation = await solve(input)
  if (allocation.status === 'infeasible' || allocation.status === 'failed') return null
  const extensions: Extension[] = []
  for (const { poolId, shadowPrice } of dearest(allocation)) {
    const pool = plan.pools.find(({ id }) => id === poolId)!
    const amount = neat(step * Math.max(...pool.capacity))
    if (!(amount > 0)) continue
    const more = await solve(extend(input, poolId, amount), extendJoint(plan.joint, poolId, amount))
    const cost = amount * pool.capacity.length * pool.rate
    extensions.push({ poolId, amount, shadowPrice, gain: more.objective - allocation.objective, cost })
  }
  const going = plan.initiatives.filter((i) => i.state === 'funded' && !finished(plan, i))
  return { allocation, currentValue: total(going.map(expectedValue)), extensions }
}

/** What is funded competes with what it still needs, everything that waits with all of it. */
const allocationOf = (plan: Plan, limits: ResolveLimits): AllocationInput => {
  const periods = Math.max(1, ...plan.pools.map(({ capacity }) => capacity.length))
  const ended = new Set([
    ...plan.doneBefore,
    ...plan.initiatives.filter((i) => i.state === 'done' || finished(plan, i)).map(({ id }) => id),
  ])
  const open = plan.initiatives.filter(({ id, state }) => state !== 'stopped' && !ended.has(id))
  const known = new Set(open.map(({ id }) => id))
  // what waits for something that was stopped waits for ever
  const possible = open.filter(({ prerequisites }) =>
    prerequisites.every((id) => ended.has(id) || known.has(id)),
  )
  return {
    periods,
    lambda: plan.allocation?.lambda ?? 0,
    seed: plan.allocation?.seed ?? 1,
    ...limits,
    pools: plan.pools.map(({ id, name, kind, unit, capacity }) => ({
      ...{ id, name, kind, unit },
      capacity: Array.from({ length: periods }, (_, i) => capacity[i] ?? 0),
    })),
    candidates: possible.map((initiative): Candidate => {
      const left = initiative.state === 'funded' ? 1 - shareDone(plan, initiative.id) : 1
      const among = (ids: readonly string[]) => ids.filter((id) => possible.some((other) => other.id === id))
      return {
        id: initiative.id,
        name: initiative.name,
        value: initiative.value,
        chance: initiative.chance,
        needs: Object.fromEntries(
          Object.entries(initiative.needs).map(([poolId, amounts]) => [poolId, amounts.map((n) => n * left)]),
        ),
        earliest: initiative.state === 'funded' ? 0 : initiative.earliest,
        latest: Math.max(initiative.latest, initiative.earliest),
        prerequisites: among(initiative.prerequisites),
        exclusions: among(initiative.exclusions),
      }
    }),
  }
}

/** The pools in which one more unit is worth most, by what a step of it would bring. */
const dearest = ({ binding }: Allocation): { poolId: string; shadowPrice: number }[] => {
  const prices = new Map<string, { poolId: string; shadowPrice: number; worth: number }>()
  for (const { poolId, shadowPrice, capacity } of binding) {
    const known = prices.get(poolId) ?? { poolId, shadowPrice: 0, worth: 0 }
    prices.set(poolId, {
      poolId,
      shadowPrice: Math.max(known.shadowPrice, shadowPrice),
      worth: known.worth + shadowPrice * capacity,
    })
  }
  return [...prices.values()]
    .filter(({ worth }) => worth > 0)
    .sort((a, b) => b.worth - a.worth)
    .slice(0, tried)
}

const extend = (input: AllocationInput, poolId: string, amount: number): AllocationInput => ({
  ...input,
  pools: input.pools.map((pool) =>
    pool.id === poolId ? { ...pool, capacity: pool.capacity.map((capacity) => capacity + amount) } : pool,
  ),
})

const extendJoint = (joint: Plan['joint'], poolId: string, amount: number): Plan['joint'] =>
  joint.map((pool) =>
    pool.parts.includes(poolId)
      ? { ...pool, capacity: pool.capacity.map((capacity) => capacity + amount) }
      : pool,
  )

/** Two significant digits. */
const neat = (value: number): number => Number(value.toPrecision(2))
