/** @file The weekly report, generated from evidence. */
import { reportSections } from '@capstan/domain'
import { z } from 'zod'
import { LocalDate, Message } from '../contract/basics.ts'
import { route } from '../contract/route.ts'

const Window = {
  /** The first day; six days before the last one when left out. */
  from: LocalDate.optional(),
  /** The last day, included; today when left out. */
  to: LocalDate.optional(),
}

export const Report = z.object({
  workspace: z.string(),
  from: LocalDate,
  to: LocalDate,
  currency: z.string(),
  demonstration: z.boolean(),
  sections: z.array(
    z.object({
      name: z.enum(reportSections),
      /** `page`: where what the sentence says can be checked. */
      lines: z.array(z.object({ message: Message, page: z.string() })),
    }),
  ),
})
export type Report = z.infer<typeof Report>

export const reportRoutes = {
  get: route({
    method: 'GET',
    path: '/api/v1/report',
    summary: 'What a week brought, each sentence with its evidence',
    access: 'viewer',
    query: z.strictObject(Window),
    response: Report,
  }),
  document: route({
    method: 'GET',
    path: '/api/v1/report/document',
    summary: 'The same as a document: Markdown or HTML, in English or Chinese',
    access: 'viewer',
    query: z.strictObject({
      ...Window,
      format: z.enum(['md', 'html']).default('html'),
      /** The workspace's when left out. */
      language: z.enum(['en', 'zh-CN']).optional(),
    }),
    response: z.unknown(),
    binary: 'response',
  }),
}
