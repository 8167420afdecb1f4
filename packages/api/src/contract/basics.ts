/** @file The small schemas every noun uses: identifiers, instants, evidence, messages. */
import { z } from 'zod'

export const Id = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9_.-]+$/)
export const ById = z.object({ id: Id })
/** An instant, ISO 8601 in UTC. */
export const Instant = z.iso.datetime()
/** A day of the workspace's calendar: `2026-03-01`. */
export const LocalDate = z.iso.date()
export const Name = z.string().trim().min(1).max(200)
export const Note = z.string().trim().max(4000)
/** SHA-256 of the content, hexadecimal. */
export const BlobHash = z.string().regex(/^[0-9a-f]{64}$/)
/** Counts the changes of a record; an edit names the one it was made from, and is refused when it is behind. */
export const Revision = z.int().min(1)
export const Count = z.int().min(0)
/** Yes or no in an address: `true`, `false`, `1`, `0`, and such words. */
export const Flag = z.union([z.boolean(), z.stringbool()])
export const Share = z.number().min(0).max(1)
export const Interval = z.tuple([z.number(), z.number()])

/** Where a number came from: measured by Capstan, typed in by a person, or part of a demonstration. */
export const Origin = z.enum(['measured', 'typed', 'demonstration'])

/** What a number or a proposal rests on; `member` needs a note. */
export const Evidence = z.object({
  noun: z.enum([
    'run',
    'evaluation',
    'endpoint',
    'ledger',
    'dataset',
    'allocation',
    'risk',
    'member',
    'task',
    'incident',
    'version',
  ]),
  id: z.string(),
  note: Note.optional(),
})

/** A sentence by code; `render` of @capstan/domain turns it into English or 简体中文. */
export const Message = z.object({
  code: z.string(),
  values: z.record(z.string(), z.union([z.string(), z.number()])),
})

export const Direction = z.enum(['up', 'down'])

export type Origin = z.infer<typeof Origin>
export type Evidence = z.infer<typeof Evidence>
export type Message = z.infer<typeof Message>

/** What `fetch` takes as a body of bytes. */
export type Bytes = NonNullable<RequestInit['body']>
