/** @file What is decided about risks: simulations, mitigations and the appetite that releases must respect. */
import { z } from 'zod'
import { ById, Id, Instant, Message, Name, Note, Origin, Revision, Share } from '../contract/basics.ts'
import { route } from '../contract/route.ts'

const ExceedancePoint = z.object({ loss: z.number(), chance: Share })

/** Money a year, in the workspace's currency; errors are standard errors over the simulated years. */
const LossSummary = z.object({
  ale: z.number(),
  aleError: z.number(),
  var95: z.number(),
  var95Error: z.number().optional(),
  /** Mean of the worst 5 % of years. */
  es95: z.number(),
  es95Error: z.number().optional(),
  var99: z.number().optional(),
  es99: z.number().optional(),
  chanceOfNoLoss: Share,
  exceedance: z.array(ExceedancePoint),
})

/** After the adopted mitigations; `inherent` is the same without them. */
export const RiskSimulation = LossSummary.extend({
  id: Id,
  cycleId: Id,
  at: Instant,
  years: z.int(),
  seed: z.int(),
  contributions: z.array(
    z.object({
      riskId: Id,
      ale: z.number(),
      aleError: z.number().optional(),
      share: z.number(),
      /** Mean loss in the worst 5 % of years, and the share of the shortfall. */
      tail: z.number().optional(),
      tailShare: z.number().optional(),
    }),
  ),
  inherent: LossSummary.nullable().optional(),
  /** The chance to lose more than each amount of the appetite, counted. */
  limits: z.array(ExceedancePoint).optional(),
  /** What was simulated: two simulations of the same register have the same. */
  fingerprint: z.string().optional(),
  simulatedInMs: z.number(),
})
export type RiskSimulation = z.infer<typeof RiskSimulation>

export const Mitigation = z.object({
  id: Id,
  riskId: Id,
  name: Name,
  description: Note,
  /** What it multiplies frequency and loss by, 0 to 1. */
  frequencyFactor: Share,
  lossFactor: Share,
  /** In the workspace's currency, a year. */
  annualCost: z.number(),
  ownerId: Id.nullable(),
  adopted: z.boolean(),
  adoptedAt: Instant.nullable(),
  archived: z.boolean(),
  origin: Origin,
  revision: Revision,
  /**
   * What it changes now, in closed form: the annual loss expectancy of its risk, and of what that sets off, without
   * it and with it beside the others that are adopted. Null when its risk is archived.
   */
  worth: z
    .object({
      aleBefore: z.number(),
      aleAfter: z.number(),
      saved: z.number(),
      /** (before - after - cost) / cost; null when it costs nothing. */
      returnOnCost: z.number().nullable(),
      worthIt: z.boolean(),
    })
    .nullable(),
})
export type Mitigation = z.infer<typeof Mitigation>

const MitigationFields = {
  name: Name,
  description: Note,
  frequencyFactor: z.number(),
  lossFactor: z.number(),
  annualCost: z.number(),
  ownerId: Id.nullable(),
}

const AppetitePoint = z.strictObject({ loss: z.number(), chance: z.number() })

export const RiskAppetite = z.object({
  /** Losses of a year going up, each with the chance to exceed it that is tolerated. */
  points: z.array(AppetitePoint),
  /** Nothing is moved to production while the simulated losses are beyond the curve. */
  gatesReleases: z.boolean(),
  setAt: Instant,
  setBy: z.string(),
  revision: Revision,
  standing: z.object({
    /** `stale`: the register has changed since the newest simulation. */
    simulated: z.enum(['never', 'stale', 'now']),
    simulationId: Id.nullable(),
    points: z.array(AppetitePoint.extend({ found: Share, within: z.boolean() })),
    /** Why a release would be refused now; null when it would not. */
    refusal: Message.nullable(),
  }),
})
export type RiskAppetite = z.infer<typeof RiskAppetite>

export const riskDecisionRoutes = {
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
  mitigations: route({
    method: 'GET',
    path: '/api/v1/mitigations',
    summary: 'Mitigations, best return first',
    access: 'viewer',
    query: z.strictObject({ riskId: Id.optional() }),
    response: z.array(Mitigation),
  }),
  createMitigation: route({
    method: 'POST',
    path: '/api/v1/mitigations',
    summary: 'Propose a mitigation of a risk',
    access: 'lead',
    status: 201,
    body: z.strictObject({
      ...MitigationFields,
      riskId: Id,
      description: Note.default(''),
      frequencyFactor: z.number().default(1),
      lossFactor: z.number().default(1),
      ownerId: Id.nullable().default(null),
      adopted: z.boolean().default(false),
      origin: Origin.default('typed'),
    }),
    response: Mitigation,
  }),
  editMitigation: route({
    method: 'PATCH',
    path: '/api/v1/mitigations/:id',
    summary: 'Change a mitigation, adopt it, give it up or archive it',
    access: 'lead',
    params: ById,
    body: z.strictObject({
      revision: Revision,
      ...z.object(MitigationFields).partial().shape,
      adopted: z.boolean().optional(),
      archived: z.boolean().optional(),
    }),
    response: Mitigation,
  }),
  appetite: route({
    method: 'GET',
    path: '/api/v1/risk-appetite',
    summary: 'The risk appetite, and whether the newest simulation keeps within it',
    access: 'viewer',
    response: RiskAppetite.nullable(),
  }),
  setAppetite: route({
    method: 'PUT',
    path: '/api/v1/risk-appetite',
    summary: 'Set the chance that is tolerated for each loss of a year',
    access: 'lead',
    body: z.strictObject({
      /** Of the appetite that is replaced; left out for the first. */
      revision: Revision.optional(),
      points: z.array(AppetitePoint).max(50),
      gatesReleases: z.boolean().default(true),
    }),
    response: RiskAppetite,
  }),
}
