/** @file The risk register: frequencies, losses, causes that risks share, and the catalogue to start from. */
import { z } from 'zod'
import {
  ById,
  Count,
  Flag,
  Id,
  Instant,
  Interval,
  Name,
  Note,
  Origin,
  Revision,
  Share,
} from '../contract/basics.ts'
import { route } from '../contract/route.ts'

export const Loss = z.discriminatedUnion('kind', [
  /** 90 % interval of a lognormal, in the workspace's currency. */
  z.strictObject({ kind: z.literal('lognormal'), low: z.number(), high: z.number() }),
  z.strictObject({
    kind: z.literal('pert'),
    min: z.number(),
    mode: z.number(),
    max: z.number(),
    gamma: z.number().positive().optional(),
  }),
  z.strictObject({ kind: z.literal('fixed'), amount: z.number() }),
])
export type Loss = z.infer<typeof Loss>

/** Events a year: known, or a Gamma belief with shape alpha and rate beta (mean alpha / beta). */
export const Frequency = z.union([
  z.strictObject({ alpha: z.number(), beta: z.number() }),
  z.strictObject({ rate: z.number() }),
])
const Range = z.strictObject({ low: z.number(), high: z.number() })
/** As a person gives it: also a 90 % interval, of which a Gamma is made. */
export const StatedFrequency = z.union([...Frequency.options, Range])
export type StatedFrequency = z.infer<typeof StatedFrequency>

export const Treatment = z.enum(['avoid', 'reduce', 'transfer', 'accept'])

const CauseWeight = z.strictObject({ causeId: Id, weight: z.number() })
const Trigger = z.strictObject({ riskId: Id, chance: z.number() })
const Reasons = z.array(Name).max(20)

/** Where a rule or a standard speaks of it: by number alone. */
export const Reference = z.object({
  source: z.enum(['nist-ai-rmf', 'iso-42001', 'eu-ai-act', 'cn-genai-measures', 'tc260-003']),
  number: z.string(),
})

export const Risk = z.object({
  id: Id,
  name: Name,
  description: Note,
  /** What brings it about, in words. */
  reasons: Reasons,
  frequency: Frequency,
  /** The 90 % interval that somebody stated, where the frequency was made of one. */
  frequencyRange: Range.nullable(),
  /** Since when incidents count for the frequency: when it was estimated. */
  estimatedAt: Instant,
  /** What the indicators make of the frequency now: 1 leaves it. */
  frequencyFactor: z.number().positive(),
  loss: Loss,
  /** Loading on the common cause, 0 to 1. */
  commonCause: Share,
  causes: z.array(CauseWeight),
  triggeredBy: z.array(Trigger),
  ownerId: Id.nullable(),
  treatment: Treatment,
  origin: Origin,
  /** Key in the catalogue that it was taken from. */
  catalogueKey: z.string().nullable(),
  references: z.array(Reference),
  archived: z.boolean(),
  revision: Revision,
  now: z.object({
    /** Incidents since the estimate, and the time in which they came. */
    incidents: Count,
    years: z.number(),
    /** The estimate with these incidents and the indicators: what is simulated. */
    frequency: Frequency,
    /** 90 % interval of that rate, events a year. */
    interval: Interval,
    /** Expected events a year, with those that other risks set off, after mitigation. */
    events: z.number(),
    /** Annual loss expectancy in closed form after the adopted mitigations, and without them. */
    ale: z.number(),
    inherentAle: z.number(),
  }),
})
export type Risk = z.infer<typeof Risk>

const RiskFields = {
  name: Name,
  description: Note,
  reasons: Reasons,
  frequency: StatedFrequency,
  estimatedAt: Instant,
  loss: Loss,
  commonCause: z.number(),
  causes: z.array(CauseWeight).max(50),
  triggeredBy: z.array(Trigger).max(50),
  ownerId: Id.nullable(),
  treatment: Treatment,
}

/** A cause that several risks share; each year it has a lognormal factor with mean 1. */
export const RiskCause = z.object({
  id: Id,
  name: Name,
  description: Note,
  /** Standard deviation of the yearly factor. */
  volatility: z.number(),
  /** With other causes, of the logarithms of the factors. */
  correlations: z.array(z.strictObject({ causeId: Id, correlation: z.number() })),
  revision: Revision,
})
export type RiskCause = z.infer<typeof RiskCause>

export const CatalogueRisk = z.object({
  key: z.string(),
  group: z.enum(['data', 'model', 'content', 'security', 'people', 'supply', 'business', 'law']),
  name: z.string(),
  description: z.string(),
  reasons: z.array(z.string()),
  frequency: Range,
  loss: z.object({ low: z.number(), high: z.number() }),
  treatment: Treatment,
  references: z.array(Reference),
  /** The risk of the register that was made of it. */
  riskId: Id.nullable(),
})
export type CatalogueRisk = z.infer<typeof CatalogueRisk>

/** One input of one risk at the ends of its 90 % interval, and what the whole register then expects to lose. */
export const TornadoBar = z.object({
  riskId: Id,
  input: z.enum(['frequency', 'loss']),
  low: z.object({ value: z.number(), ale: z.number() }),
  high: z.object({ value: z.number(), ale: z.number() }),
})

export const riskRegisterRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/risks',
    summary: 'The risk register',
    access: 'viewer',
    query: z.strictObject({ archived: Flag.default(false) }),
    response: z.array(Risk),
  }),
  get: route({
    method: 'GET',
    path: '/api/v1/risks/:id',
    summary: 'A risk with what incidents and indicators make of it now',
    access: 'viewer',
    params: ById,
    response: Risk,
  }),
  create: route({
    method: 'POST',
    path: '/api/v1/risks',
    summary: 'Register a risk',
    access: 'lead',
    status: 201,
    body: z.strictObject({
      ...RiskFields,
      description: Note.default(''),
      reasons: Reasons.default([]),
      estimatedAt: Instant.optional(),
      commonCause: z.number().default(0),
      causes: RiskFields.causes.default([]),
      triggeredBy: RiskFields.triggeredBy.default([]),
      ownerId: Id.nullable().default(null),
      treatment: Treatment.default('reduce'),
      origin: Origin.default('typed'),
    }),
    response: Risk,
  }),
  edit: route({
    method: 'PATCH',
    path: '/api/v1/risks/:id',
    summary: 'Change a risk, archive it or restore it; a new frequency counts incidents from now on',
    access: 'lead',
    params: ById,
    body: z.strictObject({
      revision: Revision,
      ...z.object(RiskFields).partial().shape,
      archived: z.boolean().optional(),
    }),
    response: Risk,
  }),
  tornado: route({
    method: 'GET',
    path: '/api/v1/risk-tornado',
    summary: 'What moves the expected loss: each input of each risk at its low and its high end',
    access: 'viewer',
    response: z.array(TornadoBar),
  }),
  catalogue: route({
    method: 'GET',
    path: '/api/v1/risk-catalogue',
    summary: 'Risks of building and running AI to start from, mapped to rules and standards by number',
    access: 'viewer',
    query: z.strictObject({ language: z.enum(['en', 'zh-CN']).optional() }),
    response: z.array(CatalogueRisk),
  }),
  fromCatalogue: route({
    method: 'POST',
    path: '/api/v1/risk-catalogue/:key',
    summary: 'Register a risk of the catalogue; ranges that are not given stay marked as a demonstration',
    access: 'lead',
    status: 201,
    params: z.object({ key: Id }),
    body: z.strictObject({
      language: z.enum(['en', 'zh-CN']).optional(),
      frequency: StatedFrequency.optional(),
      loss: Loss.optional(),
      ownerId: Id.nullable().default(null),
      treatment: Treatment.optional(),
    }),
    response: Risk,
  }),
  causes: route({
    method: 'GET',
    path: '/api/v1/risk-causes',
    summary: 'Causes that several risks share',
    access: 'viewer',
    response: z.array(RiskCause),
  }),
  createCause: route({
    method: 'POST',
    path: '/api/v1/risk-causes',
    summary: 'Add a cause that several risks share',
    access: 'lead',
    status: 201,
    body: z.strictObject({
      name: Name,
      description: Note.default(''),
      volatility: z.number().default(1),
      correlations: RiskCause.shape.correlations.max(50).default([]),
    }),
    response: RiskCause,
  }),
  editCause: route({
    method: 'PATCH',
    path: '/api/v1/risk-causes/:id',
    summary: 'Change a shared cause',
    access: 'lead',
    params: ById,
    body: z.strictObject({
      revision: Revision,
      name: Name.optional(),
      description: Note.optional(),
      volatility: z.number().optional(),
      correlations: RiskCause.shape.correlations.max(50).optional(),
    }),
    response: RiskCause,
  }),
  removeCause: route({
    method: 'DELETE',
    path: '/api/v1/risk-causes/:id',
    summary: 'Remove a shared cause that no risk rests on',
    access: 'lead',
    params: ById,
    response: ById,
  }),
}
