/** @file The load on people and skills, who carries each initiative, and calendar feeds. */
import { z } from 'zod'
import { ById, Count, Id, Instant, LocalDate, Share } from '../contract/basics.ts'
import { route } from '../contract/route.ts'

const PeriodLoad = z.object({
  capacityDays: z.number(),
  assignedDays: z.number(),
  /** assigned / capacity; null without capacity. */
  load: z.number().nullable(),
  over: z.boolean(),
})

export const TeamLoad = z.object({
  /** Local days, both included; the first period counts from today. */
  periods: z.array(z.object({ from: LocalDate, to: LocalDate })),
  members: z.array(z.object({ memberId: Id, periods: z.array(PeriodLoad) })),
  skills: z.array(z.object({ skill: z.string(), periods: z.array(PeriodLoad) })),
  unassignedDays: z.number(),
})
export type TeamLoad = z.infer<typeof TeamLoad>

export const InitiativeBus = z.object({
  initiativeId: Id,
  /** The least number of people who together did more than half of the work. */
  factor: Count,
  /** Who did it, with the shares; a name that no member has stands for itself. */
  people: z.array(z.object({ memberId: Id.nullable(), name: z.string(), share: Share })),
  /** What it was counted from. */
  taskDays: z.number(),
  runDays: Count,
  tasks: z.array(Id),
  runs: Count,
})
export type InitiativeBus = z.infer<typeof InitiativeBus>

export const loadRoutes = {
  load: route({
    method: 'GET',
    path: '/api/v1/team/load',
    summary: 'Estimates that are left against the days people have, by person and by skill',
    access: 'viewer',
    response: TeamLoad,
  }),
  busFactors: route({
    method: 'GET',
    path: '/api/v1/team/bus-factors',
    summary: 'How many people each initiative depends on, from who really did the work',
    access: 'viewer',
    response: z.array(InitiativeBus),
  }),
}

export const CalendarFeed = z.object({ createdAt: Instant, readAt: Instant.nullable() })

export const calendarRoutes = {
  get: route({
    method: 'GET',
    path: '/api/v1/members/:id/calendar',
    summary: 'Whether a member has a calendar feed, and when it was last read',
    access: 'member',
    params: ById,
    response: z.object({ feed: CalendarFeed.nullable() }),
  }),
  create: route({
    method: 'POST',
    path: '/api/v1/members/:id/calendar',
    summary: 'Make the secret address of a member’s calendar; one made before ends',
    access: 'member',
    status: 201,
    params: ById,
    response: z.object({ path: z.string() }),
  }),
  revoke: route({
    method: 'DELETE',
    path: '/api/v1/members/:id/calendar',
    summary: 'End a member’s calendar feed',
    access: 'member',
    params: ById,
    response: z.object({ id: Id }),
  }),
}
