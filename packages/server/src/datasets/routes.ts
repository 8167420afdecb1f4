/** @file Routes of data sets and of the blobs they are made of. */
import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { api, CapstanError, type DatasetVersion } from '@capstan/api'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { bind, sentByHandler } from '../http/register.ts'
import type { FileBytes } from './files.ts'
import { datasets, datasetVersions, getDataset, listDatasets } from './store.ts'

/** Larger than any file that this machine could train on. */
const MAX_BLOB_BYTES = 8 * 2 ** 30

export function datasetRoutes(app: FastifyInstance, context: Context): void {
  const { db } = context
  bind(app, api.datasets.list, () => listDatasets(db))
  bind(app, api.datasets.get, ({ params }) => getDataset(db, params.id))

  bind(app, api.datasets.create, async ({ body, actor }) => {
    const sizes = await Promise.all(body.files.map(({ blob }) => context.blobs.size(blob)))
    const files = body.files.map((file, i) => ({ ...file, bytes: sizes[i]! }))
    if (new Set(files.map(({ role }) => role)).size !== files.length) {
      throw new CapstanError('request/invalid', { detail: 'body.files: each of the four roles once' })
    }
    const hash = versionHash(body, files)
    const known = (await datasetVersions.list(db)).find((v) => v.hash === hash)
    if (known) return { dataset: await getDataset(db, known.datasetId), version: known }

    const paths = Object.fromEntries(files.map(({ role, blob }) => [role, context.blobs.path(blob)]))
    const profiled = await context.compute.run('profileFiles', {
      paths: paths as Record<keyof FileBytes, string>,
      validationShare: body.validationShare,
      splitSeed: body.splitSeed,
    })
    const classes = body.classes ?? Array.from({ length: profiled.classes }, (_, label) => String(label))
    if (classes.length < profiled.classes) {
      const detail = `body.classes: ${classes.length} names, but the labels go up to ${profiled.classes - 1}`
      throw new CapstanError('request/invalid', { detail })
    }
    const version = await context.change(actor, async ({ db: tx, at, record }) => {
      const before = (await datasets.list(tx)).find(({ name }) => name === body.name)
      const { name, description, licence, source } = body
      const dataset =
        before ??
        (await datasets.insert(tx, {
          id: context.newId('dataset'),
          name,
          description,
          licence,
          source,
          createdAt: at,
        }))
      const number = (await getDataset(tx, dataset.id)).versions.length + 1
      const made = await datasetVersions.insert(tx, {
        id: context.newId('data'),
        datasetId: dataset.id,
        number,
        hash,
        files,
        sampleShape: profiled.sampleShape,
        classes,
        splitSeed: body.splitSeed,
        validationShare: body.validationShare,
        profile: profiled.profile,
        createdAt: at,
      })
      const samples = made.profile.splits.map(({ split, samples }) => [split, samples])
      await record('dataset', 'registered', dataset.id, {
        name,
        number,
        hash,
        ...Object.fromEntries(samples),
      })
      return made
    })
    return { dataset: await getDataset(db, version.datasetId), version }
  })
}

export function blobRoutes(app: FastifyInstance, { blobs }: Context): void {
  app.addContentTypeParser('application/octet-stream', { bodyLimit: MAX_BLOB_BYTES }, (_, payload, done) =>
    done(null, payload),
  )
  bind(app, api.blobs.put, ({ request }) => {
    if (!(request.body && typeof (request.body as Readable).pipe === 'function')) {
      throw new CapstanError('request/invalid', { detail: 'send the bytes as application/octet-stream' })
    }
    return blobs.put(request.body as Readable)
  })
  bind(app, api.blobs.get, async ({ params, reply }): Promise<typeof sentByHandler> => {
    const bytes = await blobs.size(params.hash)
    reply.header('cache-control', 'private, max-age=31536000, immutable')
    // stored bytes are never a page of ours
    reply
      .header('content-disposition', 'attachment')
      .type('application/octet-stream')
      .header('content-length', bytes)
    reply.send(blobs.stream(params.hash))
    return sentByHandler
  })
}

/** SHA-256 over what the version is: its files and how they are split. */
function versionHash(
  { splitSeed, validationShare, name }: { splitSeed: number; validationShare: number; name: string },
  files: DatasetVersion['files'],
): string {
  const sorted = files.map(({ role, blob }) => [role, blob]).sort((a, b) => (a[0]! < b[0]! ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([name, sorted, splitSeed, validationShare]))
    .digest('hex')
}
