/** @file Binds a route of the API table to its handler: parse at the edge, answer by the table. */
import { api, CapstanError, type Route } from '@capstan/api'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { actorOf, requireAccess } from './guard.ts'

type Out<S> = S extends z.ZodType ? z.output<S> : undefined

export interface Call<R> {
  params: R extends Route<infer P, z.ZodType, z.ZodType, z.ZodType> ? Out<P> : never
  query: R extends Route<z.ZodType, infer Q, z.ZodType, z.ZodType> ? Out<Q> : never
  body: R extends Route<z.ZodType, z.ZodType, infer B, z.ZodType> ? Out<B> : never
  /** Who calls: a member's id, `owner` or `worker`. */
  actor: string
  request: FastifyRequest
  reply: FastifyReply
}
type Answer<R> = R extends Route<z.ZodType, z.ZodType, z.ZodType, infer S> ? z.input<S> : never

/** What a handler returns when it has sent its bytes by itself. */
export const sentByHandler: unique symbol = Symbol('sent by the handler')

/** Of a handler that has its answer as JSON already. */
export function sendJson(reply: FastifyReply, json: Buffer): void {
  reply.type('application/json; charset=utf-8').send(json)
}

const nouns = new Map<Route, string>(
  Object.entries(api).flatMap(([noun, verbs]) =>
    Object.values(verbs).map((route): [Route, string] => [route as Route, noun]),
  ),
)

/**
 * @throws {CapstanError} `request/invalid` naming the first field that is wrong; nothing has run by then
 */
export function bind<R extends Route>(
  app: FastifyInstance,
  route: R,
  handler: (call: Call<R>) => Promise<Answer<R> | typeof sentByHandler> | Answer<R>,
): void {
  const noun = nouns.get(route) ?? ''
  app.route({
    method: route.method,
    url: route.path,
    config: { access: route.access },
    handler: async (request, reply) => {
      requireAccess(request, route.access, noun)
      const call = {
        params: parse('path', route.params, request.params),
        query: parse('query', route.query, request.query),
        body: route.binary === 'request' ? undefined : parse('body', route.body, request.body ?? {}),
        actor: actorOf(request),
        request,
        reply,
      } as Call<R>
      const answer = await handler(call)
      if (answer === sentByHandler) return reply
      return reply.code(route.status ?? 200).send(answer ?? null)
    },
  })
}

function parse(place: string, schema: z.ZodType | undefined, value: unknown): unknown {
  if (!schema) return undefined
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]!
  const where = [place, ...issue.path.map(String)].join('.')
  throw new CapstanError('request/invalid', { detail: `${where}: ${issue.message}` })
}
