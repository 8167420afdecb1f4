/** @file Serves the built web app, its API pages, and the headers that keep both safe. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { OPENAPI_PATH, openApiDocument } from '@capstan/api'
import serveStatic from '@fastify/static'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'

const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "worker-src 'self' blob:",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join('; ')

export function safeHeaders(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-content-type-options', 'nosniff')
    reply.header('referrer-policy', 'no-referrer')
    reply.header('cross-origin-opener-policy', 'same-origin')
    reply.header('cross-origin-resource-policy', 'same-origin')
    if (!request.url.startsWith('/api/v1/docs')) {
      reply.header('cross-origin-embedder-policy', 'require-corp')
      reply.header('content-security-policy', CONTENT_SECURITY_POLICY)
    }
    if (request.url.startsWith('/api/') && !reply.hasHeader('cache-control')) {
      reply.header('cache-control', 'no-store')
    }
  })
}

export async function apiPages(app: FastifyInstance, version: string): Promise<void> {
  const document = openApiDocument(version)
  app.get(OPENAPI_PATH, async () => document)
  // the plugin's type of a static document is OpenAPI 3.0's; 3.1 passes through it unchanged
  await app.register(swagger, { mode: 'static', specification: { document: document as never } })
  await app.register(swaggerUi, { routePrefix: '/api/v1/docs', staticCSP: true })
}

/** Everything that is neither API nor protocol is the page, which routes by itself. */
export async function webPages(app: FastifyInstance, root: string | undefined): Promise<void> {
  const index = root && join(root, 'index.html')
  if (!root || !index || !existsSync(index)) return
  const html = readFileSync(index, 'utf8')
  await app.register(serveStatic, {
    root,
    wildcard: false,
    index: false,
    preCompressed: true,
    setHeaders: (response, path) => {
      response.setHeader(
        'cache-control',
        path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      )
    },
  })
  app.get('/*', async (request, reply) => {
    if (/^\/(api|ajax-api|v1|v2)(\/|$)/.test(request.url) || /\.\w+$/.test(request.url.split('?')[0]!)) {
      return reply.callNotFound()
    }
    return reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(html)
  })
}
