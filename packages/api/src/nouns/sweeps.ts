/** @file Sweeps: many runs of one command or training, with parameters that a method chooses. */
import { z } from 'zod'
import { ById, Count, Id, Instant, Message, Name, Share } from '../contract/basics.ts'
import { route } from '../contract/route.ts'
import { CommandInput } from './execution.ts'
import { RunState, TrainParameters } from './runs.ts'

const Key = z
  .string()
  .max(100)
  .regex(/^[A-Za-z_][\w.-]*$/, 'must begin with a letter and go on with letters, digits, _ . -')
const Value = z.union([z.number(), z.string().max(1000), z.boolean()])
const When = z.strictObject({ parameter: Key, in: z.array(Value).min(1).max(1000) }).optional()

export const SweepParameter = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('float'),
    low: z.number(),
    high: z.number(),
    /** On a logarithmic scale. */
    log: z.boolean().optional(),
    step: z.number().optional(),
    /** How many values a grid takes of it, both ends included. */
    points: z.int().min(1).max(10_000).optional(),
    when: When,
  }),
  z.strictObject({
    type: z.literal('int'),
    low: z.int(),
    high: z.int(),
    log: z.boolean().optional(),
    step: z.int().optional(),
    when: When,
  }),
  z.strictObject({ type: z.literal('choice'), values: z.array(Value).min(1).max(1000), when: When }),
])

export const SweepPlan = z.strictObject({
  space: z
    .record(Key, SweepParameter)
    .refine((space) => Object.keys(space).length <= 200, 'has more than 200'),
  goal: z.strictObject({
    metric: z.string().min(1).max(250),
    direction: z.enum(['min', 'max']),
    statistic: z.enum(['last', 'best']).default('last'),
  }),
  method: z.enum(['grid', 'random', 'sobol', 'tpe']).default('tpe'),
  seed: z.int().min(0).default(1),
  /** Trials at a time. */
  parallel: z.int().min(1).max(256).default(1),
  /** Asynchronous successive halving: only one of every `factor` trials goes on from rung to rung. */
  halving: z
    .strictObject({
      minimum: z.number().positive(),
      maximum: z.number().positive(),
      factor: z.int().min(2).max(100).default(3),
      /** The parameter that carries the resource; without it trials are stopped at steps of the metric. */
      parameter: Key.nullable().default(null),
    })
    .nullable()
    .default(null),
  /** Stops runs whose learning curve will hardly beat the best. */
  stopping: z
    .strictObject({
      chance: Share.default(0.05),
      after: Share.default(0.2),
      /** The step at which a run ends. */
      horizon: z.number().positive(),
    })
    .nullable()
    .default(null),
  /** Hard limits. */
  budget: z
    .strictObject({
      runs: z.int().min(1).max(100_000).nullable().default(null),
      /** In the workspace's currency. */
      amount: z.number().positive().nullable().default(null),
      /** Of wall-clock time, added up over the runs. */
      hours: z.number().positive().nullable().default(null),
    })
    .prefault({}),
})
export type SweepPlan = z.infer<typeof SweepPlan>

/** What each trial runs: a command with `{name}` for values, or built-in training. */
export const SweepSubject = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('command'), input: CommandInput }),
  z.strictObject({
    kind: z.literal('train'),
    designId: Id,
    datasetVersionId: Id,
    initiativeId: Id.nullable().default(null),
    /** What is not searched; the parameters searched are named as here. */
    parameters: TrainParameters.prefault({}),
  }),
])
export type SweepSubject = z.infer<typeof SweepSubject>

/** A file that describes a sweep: the plan, with its own command or built-in training by name. */
export const SweepFile = SweepPlan.extend({
  name: z.string().optional(),
  command: z.array(z.string()).min(1).optional(),
  train: z
    .strictObject({
      design: z.string(),
      dataset: z.string(),
      parameters: TrainParameters.partial().default({}),
    })
    .optional(),
})
export type SweepFile = z.infer<typeof SweepFile>

/** What starts a sweep. */
export const SweepStart = z.strictObject({ name: Name, plan: SweepPlan, subject: SweepSubject })
export type SweepInput = z.input<typeof SweepStart>

export const SweepTrial = z.object({
  number: Count,
  runId: Id,
  runNumber: Count,
  runState: RunState,
  values: z.record(z.string(), Value),
  resource: z.number().nullable(),
  promotedFrom: Count.nullable(),
  state: z.enum(['running', 'finished', 'failed', 'stopped', 'cancelled']),
  /** Of the goal; null without a finite point. */
  value: z.number().nullable(),
  rung: Count,
  cost: z.object({ amount: z.number(), hours: z.number() }),
  /** Why it was stopped, and the forecast of its curve where that was the reason. */
  stop: z
    .object({
      reason: Message,
      curve: z
        .object({
          step: z.number(),
          horizon: z.number(),
          estimate: z.number(),
          interval: z.tuple([z.number(), z.number()]),
          level: z.number(),
          chance: z.number(),
          best: z.number(),
        })
        .nullable(),
    })
    .nullable(),
})
export type SweepTrial = z.infer<typeof SweepTrial>

export const Sweep = z.object({
  id: Id,
  name: Name,
  state: z.enum(['running', 'finished', 'stopped']),
  plan: SweepPlan,
  subject: SweepSubject,
  createdBy: z.string(),
  createdAt: Instant,
  endedAt: Instant.nullable(),
  /** Why it ended. */
  reason: Message.nullable(),
  /** So far. */
  trials: Count,
  best: z.object({ trial: Count, runId: Id, value: z.number() }).nullable(),
  spent: z.object({ amount: z.number(), hours: z.number() }),
})
export type Sweep = z.infer<typeof Sweep>

export const SweepDetail = z.object({
  sweep: Sweep,
  trials: z.array(SweepTrial),
  /** Shares of the variance of the results that parameters explain (functional ANOVA), greatest first. */
  importance: z.array(
    z.object({ parameters: z.array(z.string()), share: z.number(), standardError: z.number() }),
  ),
})
export type SweepDetail = z.infer<typeof SweepDetail>

export const sweepRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/sweeps',
    summary: 'Sweeps, newest first',
    access: 'viewer',
    response: z.array(Sweep),
  }),
  get: route({
    method: 'GET',
    path: '/api/v1/sweeps/:id',
    summary: 'One sweep with its trials and the importance of its parameters',
    access: 'viewer',
    params: ById,
    response: SweepDetail,
  }),
  start: route({
    method: 'POST',
    path: '/api/v1/sweeps',
    summary: 'Start a sweep; its trials are queued as runs',
    access: 'engineer',
    status: 201,
    body: SweepStart,
    response: Sweep,
  }),
  stop: route({
    method: 'POST',
    path: '/api/v1/sweeps/:id/cancellation',
    summary: 'Stop a sweep with its running trials; what they used stays charged',
    access: 'engineer',
    params: ById,
    body: z.strictObject({}),
    response: Sweep,
  }),
}
