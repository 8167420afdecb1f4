/** @file The checkpoint format: a versioned, self-describing file with everything that training goes on from. */
import { EngineError } from '../errors.ts'
import type { EpochRecord } from '../optim/schedule.ts'

export const checkpointVersion = 1

export interface CheckpointHeader {
  readonly version: number
  /** SHA-256 over the design, loss, optimiser and data shape. */
  readonly fingerprint: string
  readonly seed: number
  readonly batchSize: number
  /** Samples of an epoch; null where that is not known. */
  readonly samples: number | null
  /** Epochs finished, steps done in the current one. */
  readonly epoch: number
  readonly step: number
  /** Samples trained on in the current epoch; absent where it is step x batchSize, or all. */
  readonly seen?: number
  /** Steps done in all epochs; absent where each has the same. */
  readonly done?: number
  /** Sum of the losses of the current epoch weighted by samples, for its mean. */
  readonly lossSum: number
  /** Name, shape and place (in floats) of each trained tensor. */
  readonly tensors: readonly {
    readonly name: string
    readonly shape: readonly number[]
    readonly offset: number
  }[]
  /** Vectors in the payload: the parameters, the optimiser's slots and what else training carries. */
  readonly vectors: readonly string[]
  /** Floats of the first vector, and of each one where they differ. */
  readonly size: number
  readonly sizes?: readonly number[]
  /** What the finished epochs ended with. */
  readonly history?: readonly EpochRecord[]
}

export interface Checkpoint {
  readonly header: CheckpointHeader
  readonly vectors: readonly Float32Array[]
}

const magic = 'CPSTNCKP'
const prefix = 20 // magic, version, header length, checksum of what follows

/** Layout, little-endian: magic (8), version u32, header length u32, CRC-32 u32, header (JSON), vectors (float32). */
export function writeCheckpoint({ header, vectors }: Checkpoint): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header))
  const bytes = new Uint8Array(prefix + json.length + vectors.reduce((n, v) => n + v.byteLength, 0))
  const view = new DataView(bytes.buffer)
  bytes.set(new TextEncoder().encode(magic))
  view.setUint32(8, checkpointVersion, true)
  view.setUint32(12, json.length, true)
  bytes.set(json, prefix)
  let at = prefix + json.length
  for (const v of vectors) {
    bytes.set(new Uint8Array(v.buffer, v.byteOffset, v.byteLength), at)
    at += v.byteLength
  }
  view.setUint32(16, crc32(bytes.subarray(prefix)), true)
  return bytes
}

/** @throws EngineError engine/checkpoint-damaged, engine/checkpoint-newer */
export function readCheckpoint(bytes: Uint8Array): Checkpoint {
  const damaged = (what: string): EngineError =>
    new EngineError('engine/checkpoint-damaged', `the checkpoint ${what}`, 'Use an earlier checkpoint.')
  if (
    !(bytes instanceof Uint8Array) ||
    bytes.length < prefix ||
    new TextDecoder('latin1').decode(bytes.subarray(0, 8)) !== magic
  )
    throw damaged('is not a checkpoint file')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const version = view.getUint32(8, true)
  if (version > checkpointVersion) {
    throw new EngineError(
      'engine/checkpoint-newer',
      `the checkpoint has version ${version}, this engine reads up to ${checkpointVersion}`,
      'Update the engine.',
    )
  }
  if (crc32(bytes.subarray(prefix)) !== view.getUint32(16, true)) throw damaged('is truncated or altered')
  const end = prefix + view.getUint32(12, true)
  let header: CheckpointHeader
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(prefix, end))) as CheckpointHeader
  } catch {
    throw damaged('has no readable header')
  }
  if (!isHeader(header)) throw damaged('has a header that makes no sense')
  const sizes = header.sizes ?? header.vectors.map(() => header.size)
  const total = sizes.reduce((a, b) => a + b, 0)
  if (sizes.length !== header.vectors.length || bytes.length - end !== 4 * total)
    throw damaged('is truncated')
  let at = end
  const vectors = sizes.map((size) => {
    at += 4 * size
    return new Float32Array(Uint8Array.from(bytes.subarray(at - 4 * size, at)).buffer)
  })
  return { header, vectors }
}

/** Whether what was read is a header: the checksum finds accidents, not files that were made so. */
function isHeader(found: unknown): found is CheckpointHeader {
  const h = (found ?? {}) as Partial<Record<keyof CheckpointHeader, unknown>>
  const counts = (values: readonly unknown[]): boolean =>
    values.every((v) => Number.isSafeInteger(v) && (v as number) >= 0)
  return (
    counts([h.epoch, h.step, h.size, h.seen ?? 0, h.done ?? 0]) &&
    // NaN, of a loss that is not known, is null in JSON.
    (h.lossSum === null || typeof h.lossSum === 'number') &&
    Array.isArray(h.vectors) &&
    h.vectors.every((v) => typeof v === 'string') &&
    (h.sizes === undefined || (Array.isArray(h.sizes) && counts(h.sizes))) &&
    (h.history === undefined || Array.isArray(h.history))
  )
}

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  return c
})

/** CRC-32 (ISO 3309): finds torn and altered files. */
function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff
  for (const byte of bytes) c = table[(c ^ byte) & 0xff]! ^ (c >>> 8)
  return (c ^ 0xffffffff) >>> 0
}
