/** @file The Open Inference Protocol, version 2, over HTTP. */
import { CapstanError, localText } from '@capstan/api'
import { inferResponse, type Message, readInferRequest } from '@capstan/domain'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Context } from '../context.ts'
import { languageOf } from '../http/errors.ts'
import { requireAccess } from '../http/guard.ts'
import type { Serving } from './service.ts'

const MAX_BODY_BYTES = 64 << 20

interface ModelPath {
  Params: { name: string; version?: string }
}

/** @see https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md */
export function inferenceRoutes(app: FastifyInstance, { version }: Context, serving: Serving): void {
  app.get('/v2', async () => ({ name: 'capstan', version, extensions: [] }))
  app.get('/v2/health/live', async () => ({ live: true }))
  app.get('/v2/health/ready', async () => ({ live: true, ready: true }))

  for (const path of ['/v2/models/:name', '/v2/models/:name/versions/:version']) {
    app.get<ModelPath>(path, async (request) => {
      requireAccess(request, 'viewer', 'serving')
      const { model, version: served } = find(serving, request)
      const tensors = (specs: typeof model.signature.inputs) =>
        specs.map(({ name, datatype, shape }) => ({ name, datatype, shape }))
      return {
        name: request.params.name,
        versions: [String(served.number)],
        platform: 'onnxruntime_onnx',
        inputs: tensors(model.signature.inputs),
        outputs: tensors(model.signature.outputs),
      }
    })
    app.get<ModelPath>(`${path}/ready`, async (request, reply) => {
      requireAccess(request, 'viewer', 'serving')
      try {
        find(serving, request)
        return { name: request.params.name, ready: true }
      } catch (error) {
        if (!(error instanceof CapstanError) || error.code !== 'serving/not-ready') throw error
        return reply.code(503).send({ name: request.params.name, ready: false, error: error.message })
      }
    })
    app.post<ModelPath>(`${path}/infer`, { bodyLimit: MAX_BODY_BYTES }, async (request, reply) => {
      requireAccess(request, 'viewer', 'serving')
      const { model, version: served } = find(serving, request)
      const read = readInferRequest(request.body, model.signature)
      if (!read.ok) return refuse(request, reply, read.refusal)
      const outputs = await model.infer(read.value.inputs, read.value.outputs)
      return inferResponse({ name: request.params.name, version: String(served.number) }, read.value, outputs)
    })
  }
  app.addHook('onResponse', async (request, reply) => {
    const { name } = request.params as { name?: string }
    if (name === undefined || !request.url.endsWith('/infer')) return
    // what the caller got wrong says nothing about the model
    if (reply.statusCode < 400 || reply.statusCode >= 500)
      serving.count(name, reply.elapsedTime, reply.statusCode >= 500)
  })
}

function find(serving: Serving, request: FastifyRequest<ModelPath>) {
  const { name, version } = request.params
  const found = serving.ready(name)
  if (version !== undefined && version !== String(found.version.number)) {
    throw new CapstanError('request/not-found', { noun: `version ${version} of`, id: name })
  }
  return found
}

/** A request that does not fit the model's signature, in the protocol's own shape of error. */
function refuse(request: FastifyRequest, reply: FastifyReply, refusal: Message): FastifyReply {
  const error = new CapstanError('request/invalid', { detail: localText(refusal) })
  const { hint } = error.body(languageOf(request))
  const text = localText(refusal)[languageOf(request)]
  return reply.code(400).send({ error: text, code: refusal.code, message: text, hint })
}
