/** @file Pools, allocations, budgets and the ledger. */
import { z } from 'zod'
import { ById, Count, Evidence, Id, Instant, Message, Name, Origin } from '../contract/basics.ts'
import { route } from '../contract/route.ts'

export const Pool = z.object({
  id: Id,
  name: Name,
  kind: z.enum(['people', 'compute', 'cash']),
  /** `min` of compute, `day` of people, the currency for cash. */
  unit: z.string().min(1).max(16),
  /** Capacity in each period. */
  capacity: z.array(z.number().min(0)).min(1).max(60),
  /** Price of one unit in the workspace's currency. */
  rate: z.number().min(0),
  origin: Origin,
})
export type Pool = z.infer<typeof Pool>

const Chosen = z.object({ initiativeId: Id, start: Count })

/** What the solver found, and why. */
export const AllocationResult = z.object({
  status: z.enum(['optimal', 'feasible', 'infeasible', 'failed']),
  chosen: z.array(Chosen),
  expectedValue: z.number(),
  /** CVaR (90 %) of the shortfall below the expected value. */
  cvar: z.number(),
  objective: z.number(),
  bound: z.number(),
  gap: z.number(),
  /** Limits with nothing left, and what one more unit would be worth. */
  binding: z.array(
    z.object({ poolId: Id, period: Count, used: z.number(), capacity: z.number(), shadowPrice: z.number() }),
  ),
  usage: z.array(z.object({ poolId: Id, period: Count, used: z.number(), capacity: z.number() })),
  rejected: z.array(z.object({ initiativeId: Id, reason: Message })),
  runnerUp: z
    .object({ chosen: z.array(Chosen), objective: z.number(), difference: z.number(), reason: Message })
    .nullable(),
  explanation: Message,
  conflict: z.array(Message).optional(),
})

export const Allocation = z.object({
  id: Id,
  cycleId: Id,
  state: z.enum(['proposed', 'approved', 'superseded']),
  lambda: z.number().min(0),
  seed: z.int(),
  periods: Count,
  result: AllocationResult,
  /** What each chosen initiative may use of each pool, once approved. */
  grants: z.array(z.object({ initiativeId: Id, poolId: Id, amount: z.number().min(0) })),
  solvedInMs: z.number(),
  createdAt: Instant,
})
export type Allocation = z.infer<typeof Allocation>

export const Budget = z.object({
  initiativeId: Id,
  poolId: Id,
  unit: z.string(),
  amount: z.number(),
  used: z.number(),
  /** Held for runs that are queued or running. */
  committed: z.number(),
  /** used / amount */
  burn: z.number(),
  cost: z.number(),
})
export type Budget = z.infer<typeof Budget>

export const LedgerEntry = z.object({
  id: Id,
  at: Instant,
  initiativeId: Id.nullable(),
  poolId: Id,
  quantity: z.number(),
  unit: z.string(),
  rate: z.number(),
  cost: z.number(),
  origin: Origin,
  evidence: Evidence,
})
export type LedgerEntry = z.infer<typeof LedgerEntry>

export const resourceRoutes = {
  pools: route({
    method: 'GET',
    path: '/api/v1/pools',
    summary: 'Resource pools',
    access: 'viewer',
    response: z.array(Pool),
  }),
  createPool: route({
    method: 'POST',
    path: '/api/v1/pools',
    summary: 'Add a pool',
    access: 'lead',
    status: 201,
    body: z.strictObject({
      name: Name,
      kind: Pool.shape.kind,
      unit: Pool.shape.unit,
      capacity: Pool.shape.capacity,
      rate: z.number().min(0),
      origin: Origin.default('typed'),
    }),
    response: Pool,
  }),
  allocations: route({
    method: 'GET',
    path: '/api/v1/allocations',
    summary: 'Allocations, newest first',
    access: 'viewer',
    response: z.array(Allocation),
  }),
  solve: route({
    method: 'POST',
    path: '/api/v1/allocations',
    summary: 'Solve the allocation of a cycle by mixed-integer programming',
    access: 'lead',
    status: 201,
    body: z.strictObject({
      cycleId: Id,
      /** Weight of risk (CVaR) against expected value. */
      lambda: z.number().min(0).max(1).default(0.2),
      seed: z.int().min(0).default(1),
    }),
    response: Allocation,
  }),
  approve: route({
    method: 'POST',
    path: '/api/v1/allocations/:id/approval',
    summary: 'Approve an allocation: its choices become budgets',
    access: 'lead',
    params: ById,
    body: z.strictObject({}),
    response: Allocation,
  }),
  budgets: route({
    method: 'GET',
    path: '/api/v1/budgets',
    summary: 'Budgets of the approved allocation against the ledger',
    access: 'viewer',
    response: z.array(Budget),
  }),
  ledger: route({
    method: 'GET',
    path: '/api/v1/ledger',
    summary: 'The ledger, newest first',
    access: 'viewer',
    query: z.object({
      initiativeId: Id.optional(),
      limit: z.coerce.number().int().min(1).max(1000).optional(),
    }),
    response: z.array(LedgerEntry),
  }),
}
