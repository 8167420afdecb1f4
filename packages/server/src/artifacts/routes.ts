/** @file Routes of artifacts: list a folder, download a file, preview it. */
import { api, CapstanError } from '@capstan/api'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { bind, sentByHandler } from '../http/register.ts'
import { getRun } from '../runs/store.ts'
import { checkArtifactPath } from './keep.ts'
import { previewOf } from './preview.ts'
import { type Artifact, findArtifact, listArtifacts } from './store.ts'

/** The model that a training of the engine exports stands beside what its code logged. */
const MODEL_PATH = 'model.onnx'

export function artifactRoutes(app: FastifyInstance, context: Context): void {
  const { db, blobs } = context

  bind(app, api.artifacts.list, async ({ params, query }) => {
    const { path } = query
    if (path !== '') checkArtifactPath(path)
    const model = await exportedModel(params.id)
    const entries = await listArtifacts(db, params.id, path)
    if (model && (path === '' || path === MODEL_PATH) && !entries.some((entry) => entry.path === MODEL_PATH))
      entries.push({ path: MODEL_PATH, folder: false, bytes: model.bytes })
    if (path !== '' && entries.length === 0) throw missing(params.id, path)
    return entries
  })

  bind(app, api.artifacts.get, async ({ params, query, reply }): Promise<typeof sentByHandler> => {
    const { path, blob, bytes } = await artifactOf(params.id, query.path)
    await blobs.size(blob)
    const name = encodeURIComponent(path.split('/').at(-1)!).replace(
      /['()*]/g,
      (c) => `%${c.charCodeAt(0).toString(16)}`,
    )
    // stored bytes are never a page of ours
    reply
      .type('application/octet-stream')
      .header('content-disposition', `attachment; filename*=UTF-8''${name}`)
      .header('content-length', bytes)
      .send(blobs.stream(blob))
    return sentByHandler
  })

  bind(app, api.artifacts.preview, async ({ params, query }) =>
    previewOf(context, await artifactOf(params.id, query.path)),
  )

  /** @throws {CapstanError} `artifact/path`, `artifact/missing`, `request/not-found` for the run */
  async function artifactOf(id: string, path: string): Promise<Artifact> {
    checkArtifactPath(path)
    const model = await exportedModel(id)
    const found = (await findArtifact(db, id, path)) ?? (path === MODEL_PATH ? model : null)
    if (!found) throw missing(id, path)
    return found
  }

  async function exportedModel(id: string): Promise<Artifact | null> {
    const run = await getRun(db, id)
    if (run.kind !== 'train' || run.model === null) return null
    const at = Date.parse(run.endedAt ?? run.createdAt)
    return { path: MODEL_PATH, blob: run.model, bytes: await blobs.size(run.model), at }
  }
}

const missing = (run: string, path: string): CapstanError =>
  new CapstanError('artifact/missing', { run, path })
