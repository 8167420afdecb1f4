/** @file What a route is: method, path, schemas and who may call it, as one typed value that server, client and OpenAPI share. */
import type { Access } from '@capstan/domain'
import type { z } from 'zod'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Who may call a route: the lowest role; the table of them is in the domain. */
export type { Access }

export interface Route<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Response extends z.ZodType = z.ZodType,
> {
  method: Method
  /** Fastify's notation: `/api/v1/runs/:id`. */
  path: string
  summary: string
  access: Access
  /** HTTP status of success, 200 when left out. */
  status?: 200 | 201 | 202 | 204
  params?: Params
  query?: Query
  body?: Body
  response: Response
  /** The body is bytes, streamed rather than parsed. */
  binary?: 'request' | 'response'
}

/** Fixes the types of a route without widening its schemas. */
export function route<
  P extends z.ZodType = z.ZodUndefined,
  Q extends z.ZodType = z.ZodUndefined,
  B extends z.ZodType = z.ZodUndefined,
  R extends z.ZodType = z.ZodUndefined,
>(definition: Route<P, Q, B, R>): Route<P, Q, B, R> {
  return definition
}

export type RouteTable = Record<string, Record<string, Route>>
