/** @file MLflow's REST API, mounted where its clients look for it. */
import { mlflowAccess } from '@capstan/api'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Context } from '../context.ts'
import { capstanErrorOf } from '../http/errors.ts'
import { actorOf, requireAccess } from '../http/guard.ts'
import { artifactHandlers, artifactRoutes } from './artifacts.ts'
import { experimentHandlers } from './experiments.ts'
import { type Handlers, JsonText } from './handlers.ts'
import { loggedModelHandlers } from './logged.ts'
import { type Fields, MlflowError, mlflowErrorOf } from './protocol.ts'
import { registryHandlers } from './registry.ts'
import { runHandlers } from './runs.ts'

/** The newer prefix carries the same routes; the page of MLflow asks below `ajax-api`. */
const prefixes = ['/api/2.0/mlflow', '/api/3.0/mlflow', '/ajax-api/2.0/mlflow', '/ajax-api/3.0/mlflow']
const artifactPrefixes = ['/api/2.0/mlflow-artifacts', '/ajax-api/2.0/mlflow-artifacts']

/** A batch of MLflow's own limit fits well. */
const BODY_LIMIT_BYTES = 16 << 20

export function mlflowRoutes(app: FastifyInstance, context: Context): void {
  const handlers = mlflowHandlers(context)
  for (const prefix of prefixes) {
    app.register(async (scope) => mount(scope, handlers), { prefix })
  }
  for (const prefix of artifactPrefixes) {
    app.register(
      async (scope) => {
        answerAsMlflow(scope)
        artifactRoutes(scope, context)
      },
      { prefix },
    )
  }
}

export const mlflowHandlers = (context: Context): Handlers => ({
  ...experimentHandlers(context),
  ...runHandlers(context),
  ...artifactHandlers(context),
  ...loggedModelHandlers(context),
  ...registryHandlers(context),
})

function mount(scope: FastifyInstance, handlers: Handlers): void {
  answerAsMlflow(scope)
  // clients send JSON under several names, and DELETE with a body
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: BODY_LIMIT_BYTES }, (_, body, done) => {
    try {
      done(null, body === '' ? {} : JSON.parse(body as string))
    } catch {
      done(new MlflowError('INVALID_PARAMETER_VALUE', 'The body is not JSON.'))
    }
  })
  for (const [route, handler] of Object.entries(handlers)) {
    const [method, path] = route.split(' ') as ['GET' | 'POST' | 'PATCH' | 'DELETE', string]
    scope.route({
      method,
      url: `/${path}`,
      handler: async (request, reply) => {
        requireAccess(request, mlflowAccess(method, path), 'mlflow')
        const answer = await handler(fieldsOf(request), actorOf(request), request)
        reply.type('application/json; charset=utf-8')
        return reply.send(answer instanceof JsonText ? answer.text : JSON.stringify(answer))
      },
    })
  }
}

function fieldsOf(request: FastifyRequest): Fields {
  const body = request.method === 'GET' ? request.query : (request.body ?? {})
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new MlflowError('INVALID_PARAMETER_VALUE', 'The body must be a JSON object.')
  }
  return { ...body, ...(request.params as Fields) }
}

function answerAsMlflow(scope: FastifyInstance): void {
  scope.setErrorHandler<FastifyError>((error, request, reply) => {
    const known = error instanceof MlflowError ? error : mlflowErrorOf(capstanErrorOf(error, request))
    if (known.errorName === 'INTERNAL_ERROR') request.log.error({ err: error }, error.message)
    // what is left of a refused upload must not be taken for the next request
    if (!request.raw.complete) reply.header('connection', 'close')
    if (known.errorName === 'UNAUTHENTICATED') reply.header('www-authenticate', 'Basic realm="Capstan"')
    return tell(reply, known)
  })
  scope.setNotFoundHandler((request, reply) =>
    tell(
      reply,
      new MlflowError(
        'ENDPOINT_NOT_FOUND',
        `Nothing answers ${request.method} ${request.url.slice(0, 200)}.`,
      ),
    ),
  )
}

const tell = (reply: FastifyReply, error: MlflowError) =>
  reply.code(error.status).type('application/json; charset=utf-8').send(JSON.stringify(error.body))
