/** @file Endpoints: served model versions and their measured latency. */
import { z } from 'zod'
import { ById, Count, Id, Instant, Interval, Name } from '../contract/basics.ts'
import { route } from '../contract/route.ts'

/** Latency of real requests, from the first byte read to the answer handed to the socket, in milliseconds. */
export const LatencyWindow = z.object({
  from: Instant,
  to: Instant,
  requests: Count,
  errors: Count,
  p50: z.number(),
  p95: z.number(),
  p99: z.number(),
  /** 95 % interval of p95 by order statistics, and its standard error. */
  interval: Interval,
  standardError: z.number(),
})
export type LatencyWindow = z.infer<typeof LatencyWindow>

export const Endpoint = z.object({
  id: Id,
  name: Id,
  versionId: Id,
  modelName: Name,
  versionNumber: Count,
  state: z.enum(['loading', 'ready', 'failed']),
  error: z.string().nullable(),
  provider: z.string(),
  /** Since the endpoint was made. */
  requests: Count,
  windows: z.array(LatencyWindow),
  createdAt: Instant,
})
export type Endpoint = z.infer<typeof Endpoint>

export const servingRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/endpoints',
    summary: 'Endpoints',
    access: 'viewer',
    response: z.array(Endpoint),
  }),
  create: route({
    method: 'POST',
    path: '/api/v1/endpoints',
    summary: 'Serve a production version by the Open Inference Protocol, or put a new version behind a name',
    access: 'engineer',
    status: 201,
    body: z.strictObject({ name: Id, versionId: Id }),
    response: Endpoint,
  }),
  closeWindow: route({
    method: 'POST',
    path: '/api/v1/endpoints/:id/windows',
    summary: 'Close the running latency window now and measure it',
    access: 'engineer',
    status: 201,
    params: ById,
    body: z.strictObject({}),
    response: LatencyWindow,
  }),
}
