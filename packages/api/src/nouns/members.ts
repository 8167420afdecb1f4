/** @file Members and their roles. */
import { z } from 'zod'
import { ById, Id, Instant, LocalDate, Name, Note, Origin, Revision } from '../contract/basics.ts'
import { route } from '../contract/route.ts'

export const Role = z.enum(['owner', 'lead', 'engineer', 'reviewer', 'viewer'])
export type Role = z.infer<typeof Role>

/** Local dates, both included. */
export const Absence = z.strictObject({ from: LocalDate, to: LocalDate, note: Note.default('') })

export const Member = z.object({
  id: Id,
  name: Name,
  roles: z.array(Role).min(1),
  skills: z.array(Name),
  /** Working days a period that this person can give. */
  daysPerPeriod: z.number().min(0).max(31),
  absences: z.array(Absence).optional(),
  origin: Origin,
  createdAt: Instant,
  revision: Revision.optional(),
})
export type Member = z.infer<typeof Member>

export const memberRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/members',
    summary: 'All members',
    access: 'viewer',
    response: z.array(Member),
  }),
  create: route({
    method: 'POST',
    path: '/api/v1/members',
    summary: 'Add a member',
    access: 'owner',
    status: 201,
    body: z.strictObject({
      name: Name,
      roles: z.array(Role).min(1).max(5),
      skills: z.array(Name).max(50).default([]),
      daysPerPeriod: z.number().min(0).max(31).default(5),
      absences: z.array(Absence).max(200).default([]),
      origin: Origin.default('typed'),
    }),
    response: Member,
  }),
  edit: route({
    method: 'PATCH',
    path: '/api/v1/members/:id',
    summary: 'Change the skills and the availability of a member',
    access: 'lead',
    params: ById,
    body: z.strictObject({
      revision: Revision,
      skills: z.array(Name).max(50).optional(),
      daysPerPeriod: z.number().min(0).max(31).optional(),
      absences: z.array(Absence).max(200).optional(),
    }),
    response: Member,
  }),
}
