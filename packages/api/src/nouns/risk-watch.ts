/** @file What watches risks: indicators on measures, and the incidents that came. */
import { z } from 'zod'
import { ById, Id, Instant, Name, Note, Origin, Revision } from '../contract/basics.ts'
import { route } from '../contract/route.ts'

const Factors = z.strictObject({
  green: z.number().positive(),
  amber: z.number().positive(),
  red: z.number().positive(),
})

export const Indicator = z.object({
  id: Id,
  riskId: Id,
  measureId: Id,
  amber: z.number(),
  red: z.number(),
  /** How far beyond a limit the value must recover before the better state is believed. */
  hysteresis: z.number(),
  /** What each state makes of the frequency. */
  factors: Factors,
  /** `stale`: the measure fell silent; `unknown`: it never had a value. */
  state: z.enum(['green', 'amber', 'red', 'stale', 'unknown']),
  /** What the last value said; a silent measure leaves it in force. */
  said: z.enum(['green', 'amber', 'red', 'unknown']),
  value: z.number().nullable(),
  revision: Revision,
})
export type Indicator = z.infer<typeof Indicator>

const Limits = {
  amber: z.number(),
  red: z.number(),
  hysteresis: z.number().min(0),
  factors: Factors,
  /** What limits and hysteresis are in; refused when the measure's is another. */
  unit: z.string().max(16).optional(),
}

export const IncidentLink = z.strictObject({ noun: z.enum(['run', 'version', 'endpoint']), id: Id })
export const Severity = z.enum(['low', 'medium', 'high', 'critical'])
/** `dismissed`: it was none; it counts for nothing. */
export const IncidentState = z.enum(['open', 'resolved', 'dismissed'])

export const Incident = z.object({
  id: Id,
  riskId: Id.nullable(),
  title: Name,
  description: Note,
  severity: Severity,
  state: IncidentState,
  /** When it happened. */
  at: Instant,
  resolvedAt: Instant.nullable(),
  /** What it cost, in the workspace's currency; null until that is known. */
  loss: z.number().min(0).nullable(),
  initiativeId: Id.nullable(),
  links: z.array(IncidentLink),
  origin: Origin,
  reportedBy: z.string(),
  recordedAt: Instant,
  revision: Revision,
})
export type Incident = z.infer<typeof Incident>

export const riskWatchRoutes = {
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
      ...{ riskId: Id, measureId: Id, ...Limits },
      hysteresis: Limits.hysteresis.default(0),
      factors: Factors.optional(),
    }),
    response: Indicator,
  }),
  editIndicator: route({
    method: 'PATCH',
    path: '/api/v1/indicators/:id',
    summary: 'Change the limits, the hysteresis or the factors of an indicator',
    access: 'lead',
    params: ById,
    body: z.strictObject({ revision: Revision, ...z.object(Limits).partial().shape }),
    response: Indicator,
  }),
  removeIndicator: route({
    method: 'DELETE',
    path: '/api/v1/indicators/:id',
    summary: 'Stop watching a risk by a measure',
    access: 'lead',
    params: ById,
    response: ById,
  }),
  incidents: route({
    method: 'GET',
    path: '/api/v1/incidents',
    summary: 'Incidents, newest first',
    access: 'viewer',
    query: z.strictObject({ riskId: Id.optional(), state: IncidentState.optional() }),
    response: z.array(Incident),
  }),
  openIncident: route({
    method: 'POST',
    path: '/api/v1/incidents',
    summary: 'Record an incident; it updates the frequency of its risk and becomes a fact for measures',
    access: 'engineer',
    status: 201,
    body: z.strictObject({
      title: Name,
      riskId: Id.nullable().default(null),
      description: Note.default(''),
      severity: Severity.default('medium'),
      /** Now, when left out. */
      at: Instant.optional(),
      resolvedAt: Instant.nullable().default(null),
      loss: z.number().min(0).nullable().default(null),
      initiativeId: Id.nullable().default(null),
      links: z.array(IncidentLink).max(50).default([]),
      origin: Origin.default('typed'),
    }),
    response: Incident,
  }),
  editIncident: route({
    method: 'PATCH',
    path: '/api/v1/incidents/:id',
    summary: 'Change, resolve, reopen or dismiss an incident',
    access: 'engineer',
    params: ById,
    body: z.strictObject({
      revision: Revision,
      title: Name.optional(),
      riskId: Id.nullable().optional(),
      description: Note.optional(),
      severity: Severity.optional(),
      state: IncidentState.optional(),
      at: Instant.optional(),
      resolvedAt: Instant.nullable().optional(),
      loss: z.number().min(0).nullable().optional(),
      initiativeId: Id.nullable().optional(),
      links: z.array(IncidentLink).max(50).optional(),
    }),
    response: Incident,
  }),
}
