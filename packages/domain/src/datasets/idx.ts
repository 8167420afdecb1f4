/** @file Decodes IDX files, the format of MNIST and its relatives, from unpacked bytes. */
import { accepted, type Message, message, type Result, refused } from '../messages/message.ts'

export type IdxData = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array

export type IdxTensor = { shape: number[]; data: IdxData }

type Reader = { size: number; read: (view: DataView, offset: number, count: number) => IdxData }

const each = <A extends IdxData>(
  data: A,
  size: number,
  get: (offset: number) => number,
  start: number,
): A => {
  for (let i = 0; i < data.length; i++) data[i] = get(start + i * size)
  return data
}

// numbers in IDX are big-endian; bytes are read without copying
const readers: Record<number, Reader> = {
  8: { size: 1, read: (v, o, n) => new Uint8Array(v.buffer, v.byteOffset + o, n) },
  9: { size: 1, read: (v, o, n) => new Int8Array(v.buffer, v.byteOffset + o, n) },
  11: { size: 2, read: (v, o, n) => each(new Int16Array(n), 2, (at) => v.getInt16(at), o) },
  12: { size: 4, read: (v, o, n) => each(new Int32Array(n), 4, (at) => v.getInt32(at), o) },
  13: { size: 4, read: (v, o, n) => each(new Float32Array(n), 4, (at) => v.getFloat32(at), o) },
  14: { size: 8, read: (v, o, n) => each(new Float64Array(n), 8, (at) => v.getFloat64(at), o) },
}

/**
 * Decodes an IDX file (two zero bytes, a type byte, the number of dimensions, big-endian sizes, data).
 * Refuses whole: still compressed, not IDX, unknown type, no or too many dimensions, truncated, trailing
 * bytes. `file` names the file in the refusal.
 */
export const decodeIdx = (bytes: Uint8Array, file: string): Result<IdxTensor> => {
  const refuse = (refusal: Message) => refused<IdxTensor>(refusal)
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return refuse(message('idx.compressed', { file }))
  if (bytes.length < 4) return refuse(message('idx.truncated', { file, expected: 4, found: bytes.length }))
  if (bytes[0] !== 0 || bytes[1] !== 0) return refuse(message('idx.magic', { file }))
  const reader = readers[bytes[2]!]
  if (reader === undefined) return refuse(message('idx.type', { file, type: bytes[2]! }))
  const rank = bytes[3]!
  if (rank < 1 || rank > 8) return refuse(message('idx.rank', { file, rank }))
  const header = 4 + 4 * rank
  if (bytes.length < header)
    return refuse(message('idx.truncated', { file, expected: header, found: bytes.length }))
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis))
  const count = shape.reduce((product, size) => product * size, 1)
  const expected = header + count * reader.size
  if (bytes.length < expected)
    return refuse(message('idx.truncated', { file, expected, found: bytes.length }))
  if (bytes.length > expected)
    return refuse(message('idx.trailing', { file, extra: bytes.length - expected }))
  return accepted({ shape, data: reader.read(view, header, count) })
}

export type LabelledImages = {
  count: number
  /** Shape of one sample, e.g. [28, 28]. */
  shape: number[]
  images: Uint8Array
  labels: Uint8Array
  /** One more than the greatest label. */
  classes: number
}

/** Joins a file of byte images `[n, h, w]` with its file of byte labels `[n]`; refuses when they disagree. */
export const pairImages = (
  images: IdxTensor,
  labels: IdxTensor,
  files: { images: string; labels: string },
): Result<LabelledImages> => {
  if (!(images.data instanceof Uint8Array) || images.shape.length !== 3)
    return refused(message('idx.notImages', { file: files.images, shape: images.shape.join(' x ') }))
  if (!(labels.data instanceof Uint8Array) || labels.shape.length !== 1)
    return refused(message('idx.notLabels', { file: files.labels, shape: labels.shape.join(' x ') }))
  const count = images.shape[0]!
  if (count !== labels.shape[0])
    return refused(
      message('idx.counts', {
        images: count,
        imagesFile: files.images,
        labels: labels.shape[0]!,
        labelsFile: files.labels,
      }),
    )
  if (count === 0) return refused(message('idx.empty', { file: files.images }))
  const classes = labels.data.reduce((top, label) => Math.max(top, label), 0) + 1
  return accepted({ count, shape: images.shape.slice(1), images: images.data, labels: labels.data, classes })
}
