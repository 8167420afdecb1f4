/** @file Data sets: content-addressed versions with splits and a profile. */
import { z } from 'zod'
import { BlobHash, ById, type Bytes, Count, Id, Instant, Name, Note } from '../contract/basics.ts'
import { route } from '../contract/route.ts'

export const DatasetFileRole = z.enum(['train-images', 'train-labels', 'test-images', 'test-labels'])

export const SplitProfile = z.object({
  split: z.enum(['train', 'validation', 'test']),
  samples: Count,
  /** Samples of each class, by class index. */
  classCounts: z.array(Count),
  /** Of pixel values scaled to 0..1. */
  mean: z.number(),
  standardDeviation: z.number(),
  /** Samples whose every pixel is equal. */
  blank: Count,
  /** Samples that repeat an earlier one of the same split byte for byte. */
  duplicates: Count,
})

export const DatasetVersion = z.object({
  id: Id,
  datasetId: Id,
  number: Count,
  /** SHA-256 over the files' hashes, the split and its seed. */
  hash: BlobHash,
  files: z.array(z.object({ role: DatasetFileRole, blob: BlobHash, bytes: Count })),
  sampleShape: z.array(Count),
  classes: z.array(z.string()),
  splitSeed: z.int(),
  validationShare: z.number(),
  profile: z.object({
    splits: z.array(SplitProfile),
    /** Test samples that stand in train or validation too, byte for byte. */
    leaks: Count,
    /** A few samples of each class for the eye: class index, and pixels 0..255 row by row. */
    samples: z.array(z.object({ label: Count, pixels: z.array(Count) })),
  }),
  createdAt: Instant,
})
export type DatasetVersion = z.infer<typeof DatasetVersion>

export const Dataset = z.object({
  id: Id,
  name: Name,
  description: Note,
  licence: z.string(),
  source: z.string(),
  versions: z.array(DatasetVersion),
  createdAt: Instant,
})
export type Dataset = z.infer<typeof Dataset>

export const datasetRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/datasets',
    summary: 'Data sets with their versions',
    access: 'viewer',
    response: z.array(Dataset),
  }),
  get: route({
    method: 'GET',
    path: '/api/v1/datasets/:id',
    summary: 'One data set',
    access: 'viewer',
    params: ById,
    response: Dataset,
  }),
  create: route({
    method: 'POST',
    path: '/api/v1/datasets',
    summary:
      'Register a version of a data set from uploaded IDX files; the same content gives the same version',
    access: 'engineer',
    status: 201,
    body: z.strictObject({
      name: Name,
      description: Note.default(''),
      licence: z.string().max(200).default(''),
      source: z.string().max(1000).default(''),
      files: z.array(z.strictObject({ role: DatasetFileRole, blob: BlobHash })).length(4),
      classes: z.array(z.string().max(100)).max(1000).optional(),
      validationShare: z
        .number()
        .min(0.001)
        .max(0.5)
        .default(1 / 12),
      splitSeed: z.int().min(0).default(1),
    }),
    response: z.object({ dataset: Dataset, version: DatasetVersion }),
  }),
}

export const Blob = z.object({ hash: BlobHash, bytes: Count })
export const blobRoutes = {
  put: route({
    method: 'PUT',
    path: '/api/v1/blobs',
    summary: 'Store bytes under their SHA-256; gzip is not unpacked',
    access: 'engineer',
    status: 201,
    binary: 'request',
    body: z.custom<Bytes>(),
    response: Blob,
  }),
  get: route({
    method: 'GET',
    path: '/api/v1/blobs/:hash',
    summary: 'Bytes by their SHA-256',
    access: 'viewer',
    params: z.object({ hash: BlobHash }),
    binary: 'response',
    response: z.custom<Uint8Array<ArrayBuffer>>(),
  }),
}
