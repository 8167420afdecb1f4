/** @file Comments on anything people speak of. */
import { z } from 'zod'
import { ById, Id, Instant, Revision } from '../contract/basics.ts'
import { route } from '../contract/route.ts'

/** What may be spoken of. */
export const SubjectNoun = z.enum([
  'task',
  'decision',
  'approval',
  'risk',
  'incident',
  'run',
  'evaluation',
  'version',
  'model',
  'endpoint',
  'dataset',
  'design',
  'initiative',
  'objective',
  'key-result',
  'measure',
  'allocation',
  'review',
  'proposal',
  'sweep',
  'cycle',
])
export const Subject = z.strictObject({ noun: SubjectNoun, id: Id })
export type Subject = z.infer<typeof Subject>

/** Markdown; HTML in it is text like any other. */
const Text = z
  .string()
  .max(10_000)
  .refine((text) => text.trim() !== '', 'write something')

export const Comment = z.object({
  id: Id,
  subject: Subject,
  authorId: Id,
  /** As it was written. */
  text: z.string(),
  /** The same as HTML that holds no script, no style, no picture and no other markup than Markdown's. */
  html: z.string(),
  /** Members who are spoken to. */
  mentions: z.array(Id),
  createdAt: Instant,
  editedAt: Instant.nullable(),
  revision: Revision.optional(),
})
export type Comment = z.infer<typeof Comment>

export const commentRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/comments',
    summary: 'Comments on one thing, oldest first; on anything, newest first',
    access: 'viewer',
    query: z.strictObject({
      noun: SubjectNoun.optional(),
      id: Id.optional(),
      limit: z.coerce.number().int().min(1).max(1000).default(200),
    }),
    response: z.array(Comment),
  }),
  create: route({
    method: 'POST',
    path: '/api/v1/comments',
    summary: 'Comment on something; @Name speaks to a member',
    access: 'member',
    status: 201,
    body: z.strictObject({ subject: Subject, authorId: Id, text: Text }),
    response: Comment,
  }),
  edit: route({
    method: 'PATCH',
    path: '/api/v1/comments/:id',
    summary: 'Write one’s own comment anew',
    access: 'member',
    params: ById,
    body: z.strictObject({ revision: Revision, text: Text }),
    response: Comment,
  }),
  remove: route({
    method: 'DELETE',
    path: '/api/v1/comments/:id',
    summary: 'Take one’s own comment back',
    access: 'member',
    params: ById,
    response: z.object({ id: Id }),
  }),
}
