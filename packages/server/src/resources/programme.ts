/** @file The allocation of a cycle as the solver takes it, and its answer as people read it. */
import { type AllocationResult, type Cycle, refusedError } from '@capstan/api'
import { type AllocationInput, allocationRefusals, withJointPools, withoutJointPools } from '@capstan/domain'
import type { z } from 'zod'
import type { Context } from '../context.ts'
import type { Db } from '../database/records.ts'
import { initiativesOf } from '../strategy/store.ts'
import { type Capacities, capacitiesOf, type Leaving } from './capacity.ts'

export interface Posed {
  /** Without the pools that joint skills make. */
  input: AllocationInput
  joint: Capacities['joint']
}

/**
 * Candidates, funded and declined initiatives compete for what the pools can give.
 * @throws {CapstanError} `request/refused` for flaws of what was typed in
 */
export async function poseAllocation(
  db: Db,
  now: string,
  cycle: Cycle,
  { lambda, seed, leaving = [] }: { lambda: number; seed: number; leaving?: readonly Leaving[] },
): Promise<Posed> {
  const { pools, joint, periods } = await capacitiesOf(db, now, cycle, leaving)
  const candidates = (await initiativesOf(db, cycle.id)).filter(
    ({ state }) => state === 'candidate' || state === 'funded' || state === 'declined',
  )
  const input = { pools, candidates, periods: periods.length, lambda, seed }
  const [flaw] = allocationRefusals(input)
  if (flaw) throw refusedError(flaw)
  return { input, joint }
}

export async function solvePosed(
  { compute }: Pick<Context, 'compute'>,
  { input, joint }: Posed,
): Promise<{ result: z.infer<typeof AllocationResult>; milliseconds: number }> {
  const { result, milliseconds } = await compute.run('solveAllocation', withJointPools(input, joint))
  return { result: withoutJointPools(result, joint), milliseconds }
}
