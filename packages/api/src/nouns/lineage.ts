/** @file Where a model version comes from, and the training compute along the way. */
import { z } from 'zod'
import { ById, Count, Evidence, Id, Message, Name, Note, Origin, Revision } from '../contract/basics.ts'
import { route } from '../contract/route.ts'

const Flop = z.number().positive().max(1e40)

/** A model that somebody else trained; one name is one model, wherever it is named. */
export const ForeignModel = z.strictObject({
  name: Name,
  /** Of its training; null when its makers do not tell. */
  flop: Flop.nullable(),
  source: Note.min(1),
})

export const Lineage = z.object({
  /** Of the version. */
  id: Id,
  /** Versions of this workspace that it was made from: weights continued, merged or distilled. */
  parents: z.array(Id),
  foreign: z.array(ForeignModel),
  /** Typed in place of what its run tells; null to read the run. */
  flop: Flop.nullable(),
  note: Note,
  origin: Origin,
  revision: Revision.optional(),
})
export type Lineage = z.infer<typeof Lineage>

export const LineageMeter = z.object({
  versionId: Id,
  /** As it was typed in; null when nobody has. */
  lineage: Lineage.nullable(),
  /** All of the lineage; a lower bound while some is unknown. */
  flop: z.number(),
  reached: z.array(z.enum(['generalPurpose', 'systemicRisk'])),
  thresholds: z.object({ generalPurpose: z.number(), systemicRisk: z.number() }),
  /** The team's own compute over the original's; null without an original of known compute. */
  modified: z.number().nullable(),
  /** A third of the original's compute is reached. */
  modifier: z.boolean(),
  /** Oldest first, each once. */
  steps: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      versionId: Id.nullable(),
      flop: z.number().nullable(),
      /** `run`: from its run; `typed`: by a person; `unknown`. */
      basis: z.enum(['run', 'typed', 'unknown']),
      foreign: z.boolean(),
      evidence: Evidence.nullable(),
    }),
  ),
  unknown: Count,
  message: Message,
})
export type LineageMeter = z.infer<typeof LineageMeter>

export const lineageRoutes = {
  meter: route({
    method: 'GET',
    path: '/api/v1/versions/:id/lineage',
    summary: 'What a version was made from, and its training compute against regulatory thresholds',
    access: 'viewer',
    params: ById,
    response: LineageMeter,
  }),
  set: route({
    method: 'PUT',
    path: '/api/v1/versions/:id/lineage',
    summary: 'Say what a version was made from',
    access: 'engineer',
    params: ById,
    body: z.strictObject({
      /** Of the lineage that was read; left out the first time. */
      revision: Revision.optional(),
      parents: z.array(Id).max(20).default([]),
      foreign: z.array(ForeignModel).max(20).default([]),
      flop: Flop.nullable().default(null),
      note: Note.default(''),
      origin: Origin.default('typed'),
    }),
    response: LineageMeter,
  }),
}
