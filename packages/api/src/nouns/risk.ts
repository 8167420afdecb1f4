/** @file The risk register, its indicators and simulations. */
import { z } from 'zod'
import { Id, Instant, Name, Note, Origin, Share } from '../contract/basics.ts'
import { route } from '../contract/route.ts'

export const Loss = z.discriminatedUnion('kind', [
  /** 90 % interval of a lognormal, in the workspace's currency. */
  z.strictObject({ kind: z.literal('lognormal'), low: z.number().positive(), high: z.number().positive() }),
  z.strictObject({
    kind: z.literal('pert'),
    min: z.number().min(0),
    mode: z.number().min(0),
    max: z.number().min(0),
    gamma: z.number().positive().optional(),
  }),
])

export const Risk = z.object({
  id: Id,
  name: Name,
  description: Note,
  /** Events a year: Gamma with shape alpha and rate beta (mean alpha / beta). */
  frequency: z.object({ alpha: z.number().positive(), beta: z.number().positive() }),
  /** What the indicators make of the frequency now: 1 leaves it. */
  frequencyFactor: z.number().positive(),
  loss: Loss,
  /** Loading on the common cause, 0 to 1. */
  commonCause: Share,
  ownerId: Id.nullable(),
  treatment: z.enum(['accept', 'reduce', 'transfer', 'avoid']),
  origin: Origin,
})
export type Risk = z.infer<typeof Risk>

export const Indicator = z.object({
  id: Id,
  riskId: Id,
  measureId: Id,
  amber: z.number(),
  red: z.number(),
  state: z.enum(['green', 'amber', 'red', 'unknown']),
  value: z.number().nullable(),
})
export type Indicator = z.infer<typeof Indicator>

export const RiskSimulation = z.object({
  id: Id,
  cycleId: Id,
  at: Instant,
  years: z.int(),
  seed: z.int(),
  /** Annual loss expectancy, and its standard error over the simulated years. */
  ale: z.number(),
  aleError: z.number(),
  var95: z.number(),
  es95: z.number(),
  chanceOfNoLoss: Share,
  exceedance: z.array(z.object({ loss: z.number(), chance: Share })),
  contributions: z.array(z.object({ riskId: Id, ale: z.number(), share: z.number() })),
  simulatedInMs: z.number(),
})
export type RiskSimulation = z.infer<typeof RiskSimulation>

export const riskRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/risks',
    summary: 'The risk register',
    access: 'viewer',
    response: z.array(Risk),
  }),
  create: route({
    method: 'POST',
    path: '/api/v1/risks',
    summary: 'Register a risk',
    access: 'lead',
    status: 201,
    body: z.strictObject({
      name: Name,
      description: Note.default(''),
      frequency: Risk.shape.frequency,
      loss: Loss,
      commonCause: Share.default(0),
      ownerId: Id.nullable().default(null),
      treatment: Risk.shape.treatment.default('reduce'),
      origin: Origin.default('typed'),
    }),
    response: Risk,
  }),
  indicators: route({
    method: 'GET',
    path: '/api/v1/indicators',
    summary: 'Risk indicators with their state',
    access: 'viewer',
    response: z.array(Indicator),
  }),
  createIndicator: route({
    method: 'POST',
    path: '/api/v1/indicators',
    summary: 'Watch a risk by a measure',
    access: 'lead',
    status: 201,
    body: z.strictObject({
      riskId: Id,
      measureId: Id,
      amber: z.number(),
      red: z.number(),
      /** What both limits are in; refused when the measure's is another. */
      unit: z.string().max(16).optional(),
    }),
    response: Indicator,
  }),
  simulations: route({
    method: 'GET',
    path: '/api/v1/risk-simulations',
    summary: 'Risk simulations, newest first',
    access: 'viewer',
    response: z.array(RiskSimulation),
  }),
  simulate: route({
    method: 'POST',
    path: '/api/v1/risk-simulations',
    summary: 'Simulate the register to annual loss expectancy and a loss exceedance curve',
    access: 'engineer',
    status: 201,
    body: z.strictObject({
      years: z.int().min(1000).max(1_000_000).default(100_000),
      seed: z.int().min(0).default(1),
    }),
    response: RiskSimulation,
  }),
}
