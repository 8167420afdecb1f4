/** @file Solves the allocation programme with HiGHS; runs on the compute thread, because HiGHS blocks. */
import {
  type Allocation,
  type AllocationInput,
  allocate,
  fromHighs,
  type HighsResult,
  highsOptions,
  type Solver,
  toLp,
} from '@capstan/domain'
import loadHighs from 'highs'

// the package's types call its CommonJS function a default export, which Node hands over directly
const load = loadHighs as unknown as typeof loadHighs.default
let highs: ReturnType<typeof load> | undefined

export async function solveAllocation(
  input: AllocationInput,
): Promise<{ result: Allocation; milliseconds: number }> {
  const solver = await allocationSolver()
  const started = performance.now()
  const result = await allocate(input, solver)
  return { result, milliseconds: performance.now() - started }
}

/** HiGHS, compiled with its first use. */
export async function allocationSolver(): Promise<Solver> {
  highs ??= load()
  const solver = await highs
  return async (programme) =>
    fromHighs(programme, solver.solve(toLp(programme), highsOptions(programme)) as unknown as HighsResult)
}
