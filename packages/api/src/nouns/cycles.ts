/** @file Cycles: one turn of the loop each, with the state of its phases. */
import { z } from 'zod'
import { ById, Count, Id, Instant, Name, Revision } from '../contract/basics.ts'
import { route } from '../contract/route.ts'

export const PhaseName = z.enum(['strategy', 'resources', 'team', 'risk', 'review'])
export const PhaseState = z.enum(['next', 'now', 'done'])
export type PhaseName = z.infer<typeof PhaseName>
export type PhaseState = z.infer<typeof PhaseState>

export const Cycle = z.object({
  id: Id,
  number: Count,
  name: Name,
  start: Instant,
  end: Instant,
  state: z.enum(['planning', 'running', 'review', 'closed']),
  /** When Capstan last reminded of its review, once its end had passed. */
  remindedAt: Instant.nullable().optional(),
  /** What capacities and needs are counted by, from the start on; weeks when absent. */
  period: z.enum(['week', 'fortnight', 'month', 'quarter']).optional(),
  revision: Revision.optional(),
})
export type Cycle = z.infer<typeof Cycle>

export const cycleRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/cycles',
    summary: 'All cycles, newest first',
    access: 'viewer',
    response: z.array(Cycle),
  }),
  create: route({
    method: 'POST',
    path: '/api/v1/cycles',
    summary: 'Open a cycle; the one before must be closed',
    access: 'lead',
    status: 201,
    body: z.strictObject({
      name: Name,
      start: Instant,
      end: Instant,
      period: z.enum(['week', 'fortnight', 'month', 'quarter']).default('week'),
    }),
    response: Cycle,
  }),
  get: route({
    method: 'GET',
    path: '/api/v1/cycles/:id',
    summary: 'One cycle',
    access: 'viewer',
    params: ById,
    response: Cycle,
  }),
  edit: route({
    method: 'PATCH',
    path: '/api/v1/cycles/:id',
    summary: 'Change a cycle that is not closed, or move it to its next state',
    access: 'lead',
    params: ById,
    body: z.strictObject({
      revision: Revision,
      name: Name.optional(),
      start: Instant.optional(),
      end: Instant.optional(),
      period: z.enum(['week', 'fortnight', 'month', 'quarter']).optional(),
      state: Cycle.shape.state.optional(),
    }),
    response: Cycle,
  }),
}
