/** @file Chooses and times initiatives under the pools' capacities, and explains the choice. */
import type { Allocation, AllocationInput } from './portfolio.ts'
import type { Solver } from './programme.ts'

export const allocate = async (_input: AllocationInput, _solver: Solver): Promise<Allocation> => {
  throw new Error('internal: not written yet')
}
