/** @file The runway: how long cash lasts, from typed plans and the measured costs of runs. */
import { z } from 'zod'
import { Id, Instant, LocalDate, Message, Name, Origin, Revision, Share } from '../contract/basics.ts'
import { route } from '../contract/route.ts'

/** 90 % of months lie between them. */
const MonthRange = z.strictObject({ low: z.number().min(0), high: z.number().min(0) })

export const RunwayPlan = z.object({
  id: Id,
  /** Cash on this day, in the workspace's currency. */
  asOf: LocalDate,
  cash: z.number(),
  /** Money out each month, without the cost of runs where `countRuns` adds that as measured. */
  burn: MonthRange,
  revenue: MonthRange,
  /** Growth of the mean revenue a month: 0.05 is 5 %. */
  growth: z.number().min(-1).max(1),
  countRuns: z.boolean(),
  horizonMonths: z.int().min(1).max(120),
  /** Money that may come in (or go out, below 0) once. */
  events: z.array(
    z.strictObject({
      name: Name,
      date: LocalDate,
      low: z.number(),
      mode: z.number(),
      high: z.number(),
      chance: Share,
    }),
  ),
  milestones: z.array(z.strictObject({ name: Name, date: LocalDate })),
  origin: Origin,
  revision: Revision.optional(),
})
export type RunwayPlan = z.infer<typeof RunwayPlan>

export const Runway = z.object({
  plan: RunwayPlan.nullable(),
  result: z
    .object({
      /** Months from `asOf` until cash is gone in 5, 50 and 95 of 100 cases; null beyond the horizon. */
      months: z.object({ p05: z.int().nullable(), p50: z.int().nullable(), p95: z.int().nullable() }),
      dates: z.object({
        p05: LocalDate.nullable(),
        p50: LocalDate.nullable(),
        p95: LocalDate.nullable(),
      }),
      /** Chance that cash lasts through each month. */
      survival: z.array(Share),
      /** Cash at the end of each month. */
      fan: z.array(
        z.object({
          month: z.int(),
          date: LocalDate,
          p05: z.number(),
          p25: z.number(),
          p50: z.number(),
          p75: z.number(),
          p95: z.number(),
        }),
      ),
      netBurn: z.number(),
      /** Chance that cash lasts to each milestone; null beyond the horizon. */
      milestones: z.array(z.object({ name: Name, date: LocalDate, chance: Share.nullable() })),
    })
    .nullable(),
  /** What runs cost a month, as the ledger has it; null while nothing ran. */
  measured: z
    .object({
      from: Instant,
      days: z.number(),
      mean: z.number(),
      deviation: z.number(),
      failureShare: Share,
    })
    .nullable(),
  message: Message,
})
export type Runway = z.infer<typeof Runway>

export const runwayRoutes = {
  get: route({
    method: 'GET',
    path: '/api/v1/runway',
    summary: 'How long cash lasts',
    access: 'viewer',
    query: z.object({ seed: z.coerce.number().int().min(0).default(1) }),
    response: Runway,
  }),
  set: route({
    method: 'PUT',
    path: '/api/v1/runway',
    summary: 'Type in cash, burn, revenue, funding and milestones',
    access: 'lead',
    body: z.strictObject({
      /** Left out the first time. */
      revision: Revision.optional(),
      asOf: LocalDate,
      cash: z.number().min(0),
      burn: MonthRange,
      revenue: MonthRange.default({ low: 0, high: 0 }),
      growth: RunwayPlan.shape.growth.default(0),
      countRuns: z.boolean().default(true),
      horizonMonths: RunwayPlan.shape.horizonMonths.default(24),
      events: RunwayPlan.shape.events.max(50).default([]),
      milestones: RunwayPlan.shape.milestones.max(50).default([]),
      origin: Origin.default('typed'),
    }),
    response: RunwayPlan,
  }),
}
