/** @file The workspace: what it is, and the machine it runs on. */
import { isTimeZone } from '@capstan/domain'
import { z } from 'zod'
import { Count, Instant, Name } from '../contract/basics.ts'
import { route } from '../contract/route.ts'

export const Language = z.enum(['en', 'zh-CN'])

const TimeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, { error: 'is not the IANA name of a time zone, such as Asia/Shanghai' })

export const Workspace = z.object({
  name: Name,
  language: Language,
  /** ISO 4217 */
  currency: z.string().length(3),
  /** Where its days begin: an IANA name, such as `Asia/Shanghai`. */
  timeZone: TimeZone,
  createdAt: Instant,
  /** Its plan came with Capstan as a demonstration. */
  demonstration: z.boolean(),
  /** The first turn of the loop: not begun, under way, complete, or cut off before its end. */
  firstTurn: z.enum(['none', 'turning', 'complete', 'interrupted']),
  capstanVersion: z.string(),
  machine: z.object({
    cpu: z.string(),
    cores: Count,
    memoryBytes: Count,
    platform: z.string(),
    node: z.string(),
    /** Execution provider that training and serving use. */
    provider: z.string(),
  }),
})
export type Workspace = z.infer<typeof Workspace>
export type Language = z.infer<typeof Language>

export const workspaceRoutes = {
  get: route({
    method: 'GET',
    path: '/api/v1/workspace',
    summary: 'The workspace and its machine',
    access: 'viewer',
    response: Workspace,
  }),
  update: route({
    method: 'PATCH',
    path: '/api/v1/workspace',
    summary: 'Change name, language or time zone of the workspace, or mark its first turn',
    access: 'owner',
    body: z.strictObject({
      name: Name.optional(),
      language: Language.optional(),
      /** ISO 4217; only while there are no pools yet. */
      currency: z.string().length(3).optional(),
      timeZone: TimeZone.optional(),
      demonstration: z.boolean().optional(),
      firstTurn: Workspace.shape.firstTurn.optional(),
    }),
    response: Workspace,
  }),
}
