/** @file Changes of the plan as typed patches, their numbers, their basis and the outlook that they make. */
import { z } from 'zod'
import { Count, Id, Instant, Interval, Share } from '../contract/basics.ts'

const Gamma = z.strictObject({ alpha: z.number().positive(), beta: z.number().positive() })
const Frequency = z.union([Gamma, z.strictObject({ rate: z.number().positive() })])

/** Amounts in the unit of the pool or measure; `from` is what stood when it was proposed, and only informs. */
export const PlanChange = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('change-target'),
    keyResultId: Id,
    from: z.number().optional(),
    to: z.number(),
  }),
  z.strictObject({
    kind: z.literal('move-compute'),
    poolId: Id,
    fromInitiativeId: Id,
    toInitiativeId: Id,
    amount: z.number().positive(),
  }),
  z.strictObject({ kind: z.literal('stop-initiative'), initiativeId: Id }),
  z.strictObject({ kind: z.literal('start-initiative'), initiativeId: Id, start: Count.default(0) }),
  z.strictObject({
    kind: z.literal('change-risk'),
    riskId: Id,
    from: Frequency.optional(),
    /** Events a year: a Gamma belief, or a known rate. */
    to: Frequency,
  }),
  /** The belief in an initiative's success, a Beta distribution. */
  z.strictObject({
    kind: z.literal('change-chance'),
    initiativeId: Id,
    from: Gamma.optional(),
    to: Gamma,
  }),
  z.strictObject({
    kind: z.literal('re-estimate'),
    initiativeId: Id,
    poolId: Id,
    from: z.number().optional(),
    to: z.number().positive(),
  }),
  /** Multiplies every open estimate of one person. */
  z.strictObject({
    kind: z.literal('re-base'),
    memberId: Id,
    subject: z.enum(['effort', 'cost']),
    factor: z.number().min(0.1).max(10),
  }),
  /** Adds to the capacity of each period; below 0 takes away. */
  z.strictObject({ kind: z.literal('extend-pool'), poolId: Id, amount: z.number() }),
  z.strictObject({ kind: z.literal('adopt-mitigation'), mitigationId: Id }),
  z.strictObject({ kind: z.literal('measure'), keyResultId: Id }),
])
export type PlanChange = z.infer<typeof PlanChange>

/** `to`: a target, a need, a chance or events a year; `amount` in the pool's unit; `start`: a period. */
export const ChangeEdit = z.strictObject({
  to: z.number().optional(),
  amount: z.number().optional(),
  start: Count.optional(),
  factor: z.number().optional(),
})
export type ChangeEdit = z.infer<typeof ChangeEdit>

/** `next`: the changes open the next cycle; `same`: they are made in the one that runs. */
export const OpensCycle = z.enum(['next', 'same'])

/** One fact that a proposal rests on. */
export const Basis = z.object({
  fact: z.enum([
    'target',
    'state',
    'grant',
    'need',
    'frequency',
    'chance',
    'capacity',
    'open-estimates',
    'adoption',
  ]),
  of: z.string(),
  name: z.string(),
  value: z.union([z.number(), z.string()]).nullable(),
})

/** `forecast`: from histories alone; `model`: with the beliefs in initiatives that start or stop. */
const ChanceBasis = z.enum(['forecast', 'model', 'unknown'])
const Pair = z.object({ before: z.number(), after: z.number() })

export const Effect = z.object({
  objectives: z.array(
    z.object({ id: Id, title: z.string(), before: Share.nullable(), after: Share.nullable() }),
  ),
  basis: ChanceBasis,
  /** Of what is funded, in the workspace's currency. */
  expectedValue: Pair,
  /** Expected loss of a year. */
  ale: Pair,
})
export type Effect = z.infer<typeof Effect>

/** What a plan promises. */
export const Outlook = z.object({
  cycle: z.object({ number: Count, start: Instant, end: Instant }),
  objectives: z.array(
    z.object({ id: Id, title: z.string(), chance: Share.nullable(), bounds: Interval.nullable() }),
  ),
  keyResults: z.array(
    z.object({
      id: Id,
      name: z.string(),
      target: z.number(),
      chance: Share.nullable(),
      basis: ChanceBasis,
    }),
  ),
  initiatives: z.array(
    z.object({ id: Id, name: z.string(), state: z.string(), chance: Share, expectedValue: z.number() }),
  ),
  pools: z.array(
    z.object({ id: Id, name: z.string(), unit: z.string(), capacity: z.number(), granted: z.number() }),
  ),
  budgets: z.array(z.object({ initiativeId: Id, poolId: Id, amount: z.number(), used: z.number() })),
  risks: z.array(z.object({ id: Id, name: z.string(), frequency: z.number(), ale: z.number() })),
  mitigations: z.array(
    z.object({ id: Id, name: z.string(), riskId: Id, annualCost: z.number(), adopted: z.boolean() }),
  ),
  expectedValue: z.number(),
  ale: z.number(),
  /** What the adopted mitigations cost a year. */
  mitigationCost: z.number(),
})
export type Outlook = z.infer<typeof Outlook>
