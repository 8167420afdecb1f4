/** @file Pools, allocations, budgets and the ledger. */
import { z } from 'zod'
import {
  ById,
  Count,
  Evidence,
  Id,
  Instant,
  LocalDate,
  Message,
  Name,
  Note,
  Origin,
  Revision,
} from '../contract/basics.ts'
import { route } from '../contract/route.ts'

const Capacity = z.array(z.number().min(0)).min(1).max(60)

export const Pool = z.object({
  id: Id,
  name: Name,
  kind: z.enum(['people', 'compute', 'cash']),
  /** `min` of compute, `day` of people, the currency for cash. */
  unit: z.string().min(1).max(16),
  /** Capacity in each period. */
  capacity: Capacity,
  /** Price of one unit in the workspace's currency. */
  rate: z.number().min(0),
  /** Of people: the capacity is what members with this skill can give, holidays and absences taken off. */
  skill: Name.nullable().optional(),
  /** Of compute: what it runs on. */
  device: Name.nullable().optional(),
  origin: Origin,
  revision: Revision.optional(),
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
  grants: z.array(
    z.object({
      initiativeId: Id,
      poolId: Id,
      amount: z.number().min(0),
      /** By period of the plan; absent in allocations that were approved before there was one. */
      plan: z.array(z.number().min(0)).optional(),
    }),
  ),
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

/** A budget over time: what the plan foresees, what is used, and what it will have taken. */
export const BurnDown = z.object({
  budget: Budget,
  /** Whole local days from `start` on; amounts add up from the first. */
  days: z.array(z.object({ date: LocalDate, planned: z.number(), used: z.number().nullable() })),
  forecast: z.object({
    basis: z.enum(['plan', 'pace', 'end']),
    expected: z.number(),
    /** 80 % interval. */
    interval: z.tuple([z.number(), z.number()]),
    chanceOver: z.number(),
    state: z.enum(['within', 'warning', 'over']),
    message: Message,
  }),
})
export type BurnDown = z.infer<typeof BurnDown>

/** A change to try on an allocation, before anybody decides. */
export const AllocationChange = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('capacity'),
    poolId: Id,
    /** Units more, or fewer below 0. */
    by: z.number(),
    /** Counted from 0; every period when left out. */
    period: Count.optional(),
  }),
  z.strictObject({ kind: z.literal('scale'), poolId: Id, factor: z.number().min(0).max(1000) }),
  z.strictObject({ kind: z.literal('must'), initiativeId: Id }),
  z.strictObject({ kind: z.literal('never'), initiativeId: Id }),
  z.strictObject({ kind: z.literal('lambda'), lambda: z.number().min(0).max(1) }),
  z.strictObject({ kind: z.literal('chance'), initiativeId: Id, chance: z.number().gt(0).lt(1) }),
  z.strictObject({
    kind: z.literal('value'),
    initiativeId: Id,
    low: z.number(),
    mode: z.number(),
    high: z.number(),
  }),
  z.strictObject({
    kind: z.literal('need'),
    initiativeId: Id,
    poolId: Id,
    factor: z.number().min(0).max(1000),
  }),
  /** A member leaves at the beginning of a period. */
  z.strictObject({ kind: z.literal('leave'), memberId: Id, period: Count.default(0) }),
])
export type AllocationChange = z.infer<typeof AllocationChange>

export const WhatIf = z.object({
  before: AllocationResult,
  after: AllocationResult,
  /** Amounts are after less before. */
  difference: z.object({
    added: z.array(Id),
    removed: z.array(Id),
    moved: z.array(z.object({ initiativeId: Id, from: Count, to: Count })),
    expectedValue: z.number(),
    cvar: z.number(),
    objective: z.number(),
  }),
  /** Chance that at least one chosen initiative succeeds. */
  chance: z.object({ before: z.number(), after: z.number() }),
  message: Message,
})
export type WhatIf = z.infer<typeof WhatIf>

export const Holiday = z.object({
  id: Id,
  name: Name,
  /** Local dates, both included. */
  from: LocalDate,
  to: LocalDate,
  /** `work`: days at the weekend that are worked in exchange for a holiday. */
  kind: z.enum(['off', 'work']),
  origin: Origin,
  revision: Revision.optional(),
})
export type Holiday = z.infer<typeof Holiday>

export const ExchangeRate = z.object({
  id: Id,
  /** ISO 4217 */
  currency: z.string().length(3),
  /** Units of the workspace's currency for one unit. */
  rate: z.number().positive(),
  /** From this local date on. */
  date: LocalDate,
  source: Note.min(1),
  origin: Origin,
  revision: Revision.optional(),
})
export type ExchangeRate = z.infer<typeof ExchangeRate>

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
  /** The entry that this one takes back. */
  corrects: Id.nullable().optional(),
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
      /** May be left out of a pool of people with a skill. */
      capacity: Capacity.optional(),
      rate: z.number().min(0),
      /** Of the rate; the workspace's when left out. Another one is converted by today's exchange rate. */
      currency: z.string().length(3).optional(),
      skill: Name.nullable().default(null),
      device: Name.nullable().default(null),
      origin: Origin.default('typed'),
    }),
    response: Pool,
  }),
  editPool: route({
    method: 'PATCH',
    path: '/api/v1/pools/:id',
    summary: 'Change a pool',
    access: 'lead',
    params: ById,
    body: z.strictObject({
      revision: Revision,
      name: Name.optional(),
      capacity: Capacity.optional(),
      rate: z.number().min(0).optional(),
      skill: Name.nullable().optional(),
      device: Name.nullable().optional(),
    }),
    response: Pool,
  }),
  removePool: route({
    method: 'DELETE',
    path: '/api/v1/pools/:id',
    summary: 'Remove a pool that nothing needs',
    access: 'lead',
    params: ById,
    response: z.object({ id: Id }),
  }),
  holidays: route({
    method: 'GET',
    path: '/api/v1/holidays',
    summary: 'Public holidays, and days worked in exchange',
    access: 'viewer',
    response: z.array(Holiday),
  }),
  addHoliday: route({
    method: 'POST',
    path: '/api/v1/holidays',
    summary: 'Add a public holiday',
    access: 'lead',
    status: 201,
    body: z.strictObject({
      name: Name,
      from: LocalDate,
      to: LocalDate,
      kind: Holiday.shape.kind.default('off'),
      origin: Origin.default('typed'),
    }),
    response: Holiday,
  }),
  removeHoliday: route({
    method: 'DELETE',
    path: '/api/v1/holidays/:id',
    summary: 'Remove a public holiday',
    access: 'lead',
    params: ById,
    response: z.object({ id: Id }),
  }),
  exchangeRates: route({
    method: 'GET',
    path: '/api/v1/exchange-rates',
    summary: 'Exchange rates into the workspace currency',
    access: 'viewer',
    response: z.array(ExchangeRate),
  }),
  addExchangeRate: route({
    method: 'POST',
    path: '/api/v1/exchange-rates',
    summary: 'Add a dated exchange rate with its source',
    access: 'lead',
    status: 201,
    body: z.strictObject({
      currency: z.string().length(3),
      rate: z.number().positive(),
      date: LocalDate,
      source: Note.min(1),
      origin: Origin.default('typed'),
    }),
    response: ExchangeRate,
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
  whatIf: route({
    method: 'POST',
    path: '/api/v1/allocations/what-if',
    summary: 'Solve with some changes and without; nothing is saved',
    access: 'engineer',
    body: z.strictObject({
      cycleId: Id,
      lambda: z.number().min(0).max(1).default(0.2),
      seed: z.int().min(0).default(1),
      changes: z.array(AllocationChange).min(1).max(20),
    }),
    response: WhatIf,
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
  burnDown: route({
    method: 'GET',
    path: '/api/v1/budgets/burn-down',
    summary: 'Every budget over time, with its forecast at completion',
    access: 'viewer',
    query: z.object({ initiativeId: Id.optional(), poolId: Id.optional() }),
    response: z.array(BurnDown),
  }),
  charge: route({
    method: 'POST',
    path: '/api/v1/ledger',
    summary: 'Record what people or cash were used, with a note',
    access: 'engineer',
    status: 201,
    body: z.strictObject({
      poolId: Id,
      initiativeId: Id.nullable().default(null),
      /** Who worked; the evidence of days of people. */
      memberId: Id.nullable().default(null),
      /** Days, hours of a device, or an amount of money. */
      quantity: z.number().positive(),
      /** Of the quantity; must be the pool's when given. */
      unit: z.string().min(1).max(16).optional(),
      /** Of an amount of cash; another one than the workspace's is converted by the rate of its date. */
      currency: z.string().length(3).optional(),
      at: Instant.optional(),
      note: Note.min(1),
      origin: Origin.default('typed'),
    }),
    response: LedgerEntry,
  }),
  correct: route({
    method: 'POST',
    path: '/api/v1/ledger/:id/correction',
    summary: 'Take an entry back by its opposite; both stay',
    access: 'lead',
    status: 201,
    params: ById,
    body: z.strictObject({ note: Note.min(1) }),
    response: LedgerEntry,
  }),
  focus: route({
    method: 'GET',
    path: '/api/v1/ledger/focus.csv',
    summary: 'The ledger as CSV with the columns of FOCUS 1.2, oldest first',
    access: 'viewer',
    query: z.object({ from: Instant.optional(), until: Instant.optional() }),
    binary: 'response',
    response: z.unknown(),
  }),
  ledger: route({
    method: 'GET',
    path: '/api/v1/ledger',
    summary: 'The ledger, newest first',
    access: 'viewer',
    query: z.object({
      initiativeId: Id.optional(),
      /** What this run was charged for. */
      runId: Id.optional(),
      limit: z.coerce.number().int().min(1).max(1000).optional(),
    }),
    response: z.array(LedgerEntry),
  }),
}
