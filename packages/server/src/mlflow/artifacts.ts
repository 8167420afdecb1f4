/** @file MLflow's artifact proxy: files of runs and logged models by the paths that clients make of their addresses. */
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { checkArtifactPath, keepArtifact } from '../artifacts/keep.ts'
import { deleteArtifacts, findArtifact, listArtifacts } from '../artifacts/store.ts'
import type { Context } from '../context.ts'
import type { Db } from '../database/records.ts'
import { actorOf, requireAccess } from '../http/guard.ts'
import { getModel } from '../models/store.ts'
import { runColumns } from '../search/store.ts'
import type { Handlers } from './handlers.ts'
import { invalid, MlflowError, optionalText, text, unknown } from './protocol.ts'
import { artifactUri } from './runs.ts'

/** Larger than any file that this machine could hold; the disk's room is checked as well. */
const MAX_BYTES = 2 ** 50

export function artifactHandlers({ db }: Context): Handlers {
  return {
    'GET artifacts/list': async (fields) => {
      const id = optionalText(fields, 'run_id') || optionalText(fields, 'run_uuid') || text({}, 'run_id')
      const root_uri = await artifactUri(db, id)
      const folder = optionalText(fields, 'path') ?? ''
      if (folder !== '') checkArtifactPath(folder)
      const entries = await listArtifacts(db, id, folder)
      // a file holds no files
      const files = entries.length === 1 && entries[0]!.path === folder ? [] : entries.map(shown)
      return { root_uri, files }
    },
  }
}

export function artifactRoutes(scope: FastifyInstance, context: Context): void {
  const { db, blobs, change } = context
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', { bodyLimit: MAX_BYTES }, (_, payload, done) => done(null, payload))

  scope.put('/artifacts/*', { bodyLimit: MAX_BYTES }, async (request) => {
    requireAccess(request, 'engineer', 'mlflow')
    const { owner, path } = await placeOf(db, pathOf(request), true)
    const length = request.headers['content-length']
    // a file may be empty, and is then sent without a body
    const body = request.body instanceof Readable ? request.body : new Uint8Array()
    await keepArtifact(
      context,
      actorOf(request),
      owner,
      path,
      body,
      length === undefined ? undefined : Number(length),
    )
    return {}
  })

  scope.get('/artifacts/*', async (request, reply) => {
    requireAccess(request, 'viewer', 'mlflow')
    const { owner, path } = await placeOf(db, pathOf(request))
    const found = await findArtifact(db, owner, path)
    if (!found) throw unknown(`No such artifact: '${path}'`)
    await blobs.size(found.blob)
    return reply
      .type('application/octet-stream')
      .header('content-disposition', 'attachment')
      .header('content-length', found.bytes)
      .send(blobs.stream(found.blob))
  })

  scope.delete('/artifacts/*', async (request) => {
    requireAccess(request, 'engineer', 'mlflow')
    const whole = pathOf(request).replace(/\/+$/, '')
    const { owner, path } = /\/artifacts$/.test(whole)
      ? { ...(await placeOf(db, `${whole}/x`, true)), path: '' }
      : await placeOf(db, whole, true)
    await change(actorOf(request), (tx) => deleteArtifacts(tx.db, owner, path))
    return {}
  })

  scope.get('/artifacts', async (request) => {
    requireAccess(request, 'viewer', 'mlflow')
    const { path: given = '' } = request.query as { path?: string }
    const folder = String(given).replace(/\/+$/, '')
    const root = /\/artifacts$/.test(folder)
    const { owner, path } = await placeOf(db, root ? `${folder}/x` : folder)
    const inside = root ? '' : path
    const found = await listArtifacts(db, owner, inside)
    // a file holds no files
    const entries = found.filter(({ path: own }) => own !== inside)
    // here, unlike in the list of a run, paths begin at the folder
    const cut = inside === '' ? 0 : inside.length + 1
    return { files: entries.map((entry) => shown({ ...entry, path: entry.path.slice(cut) })) }
  })

  for (const path of ['/mpu/*', '/presigned/*']) {
    scope.all(path, async () => {
      throw new MlflowError('NOT_IMPLEMENTED', 'Files go through this server, whole.')
    })
  }
}

const shown = ({ path, folder, bytes }: { path: string; folder: boolean; bytes: number }) => ({
  path,
  is_dir: folder,
  ...(folder ? {} : { file_size: bytes }),
})

const pathOf = (request: FastifyRequest): string => (request.params as { '*': string })['*']

/**
 * `…/RUN/artifacts/PATH` or `…/models/MODEL/artifacts/PATH`.
 * @param write refuses deleted owners
 */
async function placeOf(db: Db, whole: string, write = false): Promise<{ owner: string; path: string }> {
  checkArtifactPath(whole)
  const parts = whole.split('/')
  const at = parts.indexOf('artifacts', 1)
  const [owner, path] = [parts[at - 1], parts.slice(at + 1).join('/')]
  if (at < 1 || owner === undefined || path === '') throw invalid(`Invalid path: ${whole.slice(0, 200)}`)
  if (parts[at - 2] === 'models') {
    const model = await getModel(db, owner).catch(() => null)
    if (!model) throw unknown(`Logged model with ID '${owner}' not found.`)
    return { owner, path }
  }
  const [run] = await runColumns(db, [owner])
  if (!run) throw unknown(`Run with id=${owner} not found`)
  if (write && run.lifecycle === 'deleted') {
    throw invalid(`The run ${owner} must be in the 'active' state. Current state is deleted.`)
  }
  return { owner, path }
}
