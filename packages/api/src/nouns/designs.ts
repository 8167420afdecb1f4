/** @file Designs: architectures as a list of layers, traced and shape-checked. */
import { z } from 'zod'
import { ById, Count, Id, Instant, Name, Note } from '../contract/basics.ts'
import { route } from '../contract/route.ts'

const Size = z.int().min(1).max(65_536)
const layerName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
  .max(64)

/** One layer; sizes as PyTorch's modules declare them. */
export const Layer = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('conv2d'),
    name: layerName,
    in: Size,
    out: Size,
    kernel: z.int().min(1).max(64),
    stride: z.int().min(1).max(64).default(1),
    padding: z.int().min(0).max(64).default(0),
  }),
  z.strictObject({ type: z.literal('relu'), name: layerName.optional() }),
  z.strictObject({
    type: z.literal('maxPool2d'),
    name: layerName.optional(),
    kernel: z.int().min(1).max(64),
  }),
  z.strictObject({ type: z.literal('flatten'), name: layerName.optional() }),
  z.strictObject({ type: z.literal('linear'), name: layerName, in: Size, out: Size }),
])
export type Layer = z.infer<typeof Layer>

export const DesignSource = z.strictObject({
  /** Shape of one sample: [channels, height, width]. */
  input: z.array(Size).length(3),
  layers: z.array(Layer).min(1).max(200),
})
export type DesignSource = z.infer<typeof DesignSource>

export const DesignSummary = z.object({
  layers: z.array(
    z.object({
      name: z.string(),
      kind: z.string(),
      inputShape: z.array(Count),
      outputShape: z.array(Count),
      parameters: Count,
      /** Forward pass of one sample. */
      flops: Count,
    }),
  ),
  parameters: Count,
  flops: Count,
  /** Activations kept for one sample. */
  activationBytes: Count,
  /** Parameters, gradients and Adam's two moments. */
  optimiserBytes: Count,
})
export type DesignSummary = z.infer<typeof DesignSummary>

export const Design = z.object({
  id: Id,
  name: Name,
  description: Note,
  source: DesignSource,
  summary: DesignSummary,
  createdAt: Instant,
})
export type Design = z.infer<typeof Design>

export const designRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/designs',
    summary: 'Designs',
    access: 'viewer',
    response: z.array(Design),
  }),
  get: route({
    method: 'GET',
    path: '/api/v1/designs/:id',
    summary: 'One design',
    access: 'viewer',
    params: ById,
    response: Design,
  }),
  check: route({
    method: 'POST',
    path: '/api/v1/designs/check',
    summary: 'Trace a design and check every shape, without keeping it',
    access: 'viewer',
    body: DesignSource,
    response: DesignSummary,
  }),
  create: route({
    method: 'POST',
    path: '/api/v1/designs',
    summary: 'Trace, check and keep a design',
    access: 'engineer',
    status: 201,
    body: z.strictObject({ name: Name, description: Note.default(''), source: DesignSource }),
    response: Design,
  }),
}
