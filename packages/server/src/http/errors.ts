/** @file Turns every failure of a request into `{code, message, hint}` in the reader's language. */
import { CapstanError, type ErrorCode } from '@capstan/api'
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify'
import { isDiskFull } from '../workspace/folder.ts'

export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const known = capstanErrorOf(error, request)
    if (known.code === 'server/internal') request.log.error({ err: error }, known.message)
    else if (known.entry.status >= 500) request.log.warn(known.message)
    const body = known.body(languageOf(request))
    // what is left of a refused upload must not be taken for the next request
    if (!request.raw.complete) reply.header('connection', 'close')
    // the Open Inference Protocol has its own shape of error
    if (request.url.startsWith('/v2'))
      return reply.code(known.entry.status).send({ ...body, error: body.message })
    return reply.code(known.entry.status).send(body)
  })
  app.setNotFoundHandler((request, reply) => {
    const error = new CapstanError('request/no-route', {
      method: request.method,
      path: request.url.slice(0, 200),
    })
    const body = error.body(languageOf(request))
    return reply.code(404).send(request.url.startsWith('/v2') ? { ...body, error: body.message } : body)
  })
}

export function languageOf(request: FastifyRequest): 'en' | 'zh-CN' {
  return /^\s*zh\b/i.test(request.headers['accept-language'] ?? '') ? 'zh-CN' : 'en'
}

/** PostgreSQL keeps every character but NUL, and says so in two ways. */
const isUnkeepableText = ({ code }: { code?: string }): boolean => code === '22021' || code === '22P05'

const fastifyCodes: Record<string, (error: FastifyError) => [ErrorCode, Record<string, string>]> = {
  FST_ERR_CTP_BODY_TOO_LARGE: () => ['request/too-large', { limit: 'size' }],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: (e) => ['request/invalid', { detail: e.message }],
  FST_ERR_CTP_EMPTY_JSON_BODY: () => ['request/invalid', { detail: 'the body is empty' }],
  FST_ERR_CTP_INVALID_JSON_BODY: () => ['request/invalid', { detail: 'the body is not JSON' }],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () => ['request/invalid', { detail: 'the body is cut off' }],
}

export function capstanErrorOf(error: FastifyError, request: FastifyRequest): CapstanError {
  if (error instanceof CapstanError) return error
  if (isDiskFull(error)) return new CapstanError('workspace/disk-full', {}, { cause: error })
  if (isUnkeepableText(error))
    return new CapstanError('request/invalid', { detail: 'a text holds a NUL character' }, { cause: error })
  const mapped = fastifyCodes[error.code ?? '']?.(error)
  if (mapped) return new CapstanError(mapped[0], mapped[1], { cause: error })
  if (error.statusCode && error.statusCode < 500)
    return new CapstanError('request/invalid', { detail: error.message })
  return new CapstanError('server/internal', { detail: `request ${request.id}` }, { cause: error })
}
