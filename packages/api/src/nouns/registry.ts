/** @file Models, versions and gates. */
import { z } from 'zod'
import { BlobHash, ById, Count, Id, Instant, Message, Name } from '../contract/basics.ts'
import { route } from '../contract/route.ts'

export const Stage = z.enum(['candidate', 'staging', 'production', 'archived'])

export const Version = z.object({
  id: Id,
  modelId: Id,
  modelName: Name,
  number: Count,
  /** null for a model that came from outside. */
  runId: Id.nullable(),
  designId: Id.nullable(),
  evaluationId: Id.nullable(),
  initiativeId: Id.nullable(),
  /** The ONNX file that can be served; null where the version is of another format. */
  blob: BlobHash.nullable(),
  bytes: Count,
  stage: Stage,
  createdAt: Instant,
  updatedAt: Instant.optional(),
  description: z.string().optional(),
  tags: z.record(z.string(), z.string()).optional(),
  /** Where its files lie, as the code that registered it says. */
  source: z.string().optional(),
  runLink: z.string().optional(),
  loggedModelId: z.string().optional(),
})
export type Version = z.infer<typeof Version>

export const Model = z.object({
  id: Id,
  name: Name,
  description: z.string(),
  createdAt: Instant,
  updatedAt: Instant.optional(),
  tags: z.record(z.string(), z.string()).optional(),
  /** Names that point at versions, by their numbers. */
  aliases: z.record(z.string(), Count).optional(),
  versions: z.array(Version),
})
export type Model = z.infer<typeof Model>

export const Gate = z.object({
  id: Id,
  modelName: Name,
  rules: z
    .array(
      z.object({
        metric: z.enum(['accuracy', 'loss', 'calibration-error', 'bytes']),
        op: z.enum(['>=', '<=']),
        value: z.number(),
      }),
    )
    .min(1),
})
export type Gate = z.infer<typeof Gate>

export const GateCheck = z.object({
  gateId: Id,
  versionId: Id,
  passes: z.boolean(),
  results: z.array(
    z.object({
      metric: z.string(),
      op: z.enum(['>=', '<=']),
      limit: z.number(),
      value: z.number().nullable(),
      result: z.enum(['pass', 'fail', 'missing']),
      margin: z.number().nullable(),
      message: Message,
    }),
  ),
})
export type GateCheck = z.infer<typeof GateCheck>

export const registryRoutes = {
  models: route({
    method: 'GET',
    path: '/api/v1/models',
    summary: 'Models with their versions',
    access: 'viewer',
    response: z.array(Model),
  }),
  register: route({
    method: 'POST',
    path: '/api/v1/versions',
    summary: 'Register the model of a finished run as a new version',
    access: 'engineer',
    status: 201,
    body: z.strictObject({ modelName: Id, runId: Id }),
    response: Version,
  }),
  version: route({
    method: 'GET',
    path: '/api/v1/versions/:id',
    summary: 'One version',
    access: 'viewer',
    params: ById,
    response: Version,
  }),
  move: route({
    method: 'POST',
    path: '/api/v1/versions/:id/stage',
    summary: 'Move a version to another stage; production needs gate and approval',
    access: 'engineer',
    params: ById,
    body: z.strictObject({ stage: Stage }),
    response: Version,
  }),
  gates: route({
    method: 'GET',
    path: '/api/v1/gates',
    summary: 'Gates',
    access: 'viewer',
    response: z.array(Gate),
  }),
  createGate: route({
    method: 'POST',
    path: '/api/v1/gates',
    summary: 'Set the rules a version must meet',
    access: 'reviewer',
    status: 201,
    body: z.strictObject({ modelName: Id, rules: Gate.shape.rules }),
    response: Gate,
  }),
  checkGate: route({
    method: 'GET',
    path: '/api/v1/versions/:id/gate',
    summary: 'Check a version against its gate; null when the model has none',
    access: 'viewer',
    params: ById,
    response: GateCheck.nullable(),
  }),
}
