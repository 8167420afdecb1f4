/** @file Artifacts: the files that a run logged, listed by folder, downloaded and previewed. */
import { z } from 'zod'
import { ById, Count } from '../contract/basics.ts'
import { route } from '../contract/route.ts'

/** A path below the run, with forward slashes. */
const Path = z.string().max(1000)

/** A file, or a folder with the size of all that is in it. */
export const ArtifactEntry = z.object({ path: z.string(), folder: z.boolean(), bytes: Count })
export type ArtifactEntry = z.infer<typeof ArtifactEntry>

/** An input or output of a model; a size that is left open is a name or null. */
const Tensor = z.object({
  name: z.string(),
  type: z.string(),
  shape: z.array(z.union([z.number(), z.string(), z.null()])),
})

const whole = { bytes: Count, /** Only the beginning is shown. */ cut: z.boolean() }

/** What a file shows before it is downloaded. */
export const ArtifactPreview = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text: z.string(), ...whole }),
  /** Indented by two, keys in the file's order. */
  z.object({ kind: z.literal('json'), text: z.string(), ...whole }),
  z.object({
    kind: z.literal('table'),
    columns: z.array(z.string()),
    rows: z.array(z.array(z.string())),
    ...whole,
  }),
  /** To be drawn from the file's own bytes. */
  z.object({ kind: z.literal('image'), type: z.string(), bytes: Count }),
  z.object({
    kind: z.literal('onnx'),
    bytes: Count,
    inputs: z.array(Tensor),
    outputs: z.array(Tensor),
    nodes: Count,
    /** Numbers in the initialisers. */
    parameters: Count,
    ops: z.array(z.object({ op: z.string(), count: Count })),
  }),
  /** A model that the engine does not read, with its own words for why. */
  z.object({ kind: z.literal('unreadable'), bytes: Count, reason: z.string(), hint: z.string() }),
  z.object({ kind: z.literal('none'), bytes: Count }),
])
export type ArtifactPreview = z.infer<typeof ArtifactPreview>

export const artifactRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/runs/:id/artifacts',
    summary: 'What lies in a folder of the artifacts of a run; its uppermost folder when no path is given',
    access: 'viewer',
    params: ById,
    query: z.object({ path: Path.default('') }),
    response: z.array(ArtifactEntry),
  }),
  get: route({
    method: 'GET',
    path: '/api/v1/runs/:id/artifacts/file',
    summary: 'The bytes of an artifact',
    access: 'viewer',
    params: ById,
    query: z.object({ path: Path.min(1) }),
    binary: 'response',
    response: z.custom<Uint8Array<ArrayBuffer>>(),
  }),
  preview: route({
    method: 'GET',
    path: '/api/v1/runs/:id/artifacts/preview',
    summary:
      'The beginning of a text or table, JSON, what kind of picture it is, or what an ONNX model holds',
    access: 'viewer',
    params: ById,
    query: z.object({ path: Path.min(1) }),
    response: ArtifactPreview,
  }),
}
