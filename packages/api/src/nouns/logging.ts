/** @file Logging sessions: how a training process hands over what it logged, each record exactly once. */
import { artifactPathRefusal } from '@capstan/domain'
import { z } from 'zod'
import { BlobHash, Count, Id, Name } from '../contract/basics.ts'
import { route } from '../contract/route.ts'

/** Limits of what a run logs; those of MLflow, so that runs can move either way. */
export const logLimits = {
  keyLength: 250,
  paramLength: 6000,
  tagLength: 8000,
  /** Records a batch. */
  batch: 1000,
} as const

/** Slashes make groups; no path may leave its folder. */
export const LogKey = z
  .string()
  .min(1)
  .max(logLimits.keyLength)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  .refine((key) => !/[\u0000-\u001f\u007f]/.test(key), 'has control characters')

export const ArtifactPath = LogKey.refine(
  (path) => artifactPathRefusal(path) === null,
  'must be a relative path with forward slashes that stays inside the run, however often it is decoded',
)

/** JSON has no words for these. */
const LogNumber = z
  .union([z.number(), z.literal(['NaN', 'Infinity', '-Infinity'])])
  .transform((value) => Number(value))

/** The end of the year 9999: later instants have no ISO form that every reader takes. */
export const lastInstant = 253_402_300_799_999

/** Milliseconds since 1970. */
const Milliseconds = z.int().min(0).max(lastInstant)

export const LogRecord = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('metrics'),
    at: Milliseconds,
    step: z.int(),
    values: z.record(LogKey, LogNumber),
  }),
  z.strictObject({
    kind: z.literal('params'),
    values: z.record(LogKey, z.string().max(logLimits.paramLength)),
  }),
  z.strictObject({
    kind: z.literal('tags'),
    values: z.record(LogKey, z.string().max(logLimits.tagLength)),
  }),
  z.strictObject({
    kind: z.literal('artifact'),
    at: Milliseconds,
    path: ArtifactPath,
    blob: BlobHash,
    bytes: Count,
  }),
  z.strictObject({
    kind: z.literal('end'),
    at: Milliseconds,
    state: z.enum(['finished', 'failed', 'cancelled', 'lost']),
    reason: z.string().max(4000).default(''),
  }),
  /** Stands for records that could not be kept, so that the loss is known. */
  z.strictObject({ kind: z.literal('missing'), count: z.int().min(1), reason: z.string().max(4000) }),
])
export type LogRecord = z.input<typeof LogRecord>

/** How far a session has come; a client goes on behind `applied`. */
export const LogSession = z.object({
  id: Id,
  runId: Id,
  runNumber: Count,
  /** Records up to this number are in the database. */
  applied: Count,
})
export type LogSession = z.infer<typeof LogSession>

export const loggingRoutes = {
  open: route({
    method: 'PUT',
    path: '/api/v1/logging/sessions/:id',
    summary: 'Open a logging session, or find it again; a new one makes a tracked run unless it names one',
    access: 'engineer',
    params: z.object({ id: Id }),
    body: z.strictObject({
      /** Logs into this run instead of a new one. */
      runId: Id.optional(),
      /** The identifier of a new run; a run that has it already is taken: an import done twice stays one. */
      identity: Id.optional(),
      name: Name,
      /** By its name, instead of its identifier; made if there is none. */
      experiment: Name.optional(),
      experimentId: Id.default('0'),
      initiativeId: Id.nullable().default(null),
      parentRunId: Id.nullable().default(null),
      user: z.string().max(200).default(''),
      startedAt: Milliseconds,
      environment: z.record(z.string().max(200), z.string().max(2000)).default({}),
      /** Number of the first record that will come: above 1 when a new server takes over a session. */
      first: z.int().min(1).default(1),
    }),
    response: LogSession,
  }),
  append: route({
    method: 'POST',
    path: '/api/v1/logging/sessions/:id/records',
    summary:
      'Append records by number; those applied before are passed over, and after a gap none is applied: the answer says where to go on',
    access: 'engineer',
    params: z.object({ id: Id }),
    body: z.strictObject({
      /** Number of the first record given, from 1. */
      first: z.int().min(1),
      records: z.array(LogRecord).max(logLimits.batch),
    }),
    response: LogSession.extend({
      /** Records that count as applied but changed nothing, with the reason. */
      refused: z.array(z.object({ record: Count, message: z.string() })),
    }),
  }),
}
