/** @file Reads and writes safetensors, the format in which weights are exchanged. */
import { EngineError } from '../errors.ts'
import { sizeOf } from '../graph/tensor.ts'
import type { StateDict, StateEntry } from './state.ts'

/** Readers of one number, by the format's name of its type. */
const readers: Readonly<Record<string, { bytes: number; read: (view: DataView, at: number) => number }>> = {
  F64: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
  F32: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  F16: { bytes: 2, read: (view, at) => half(view.getUint16(at, true)) },
  BF16: { bytes: 2, read: (view, at) => brain(view.getUint16(at, true)) },
}

const scratch = new DataView(new ArrayBuffer(4))

/** bfloat16: the upper half of a float32. */
function brain(bits: number): number {
  scratch.setUint32(0, bits * 2 ** 16)
  return scratch.getFloat32(0)
}

/** IEEE 754 binary16. */
function half(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023]
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** What the format's own library allows. */
const largestHeader = 100_000_000

/** The state as a safetensors file: float32, in the order of the state. `metadata` is text by name. */
export function writeSafetensors(
  state: StateDict,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  let at = 0
  const entries = [...state].map(([name, { shape, data }]) => {
    const start = at
    at += data.byteLength
    return [name, { dtype: 'F32', shape, data_offsets: [start, at] }] as const
  })
  const header = new Map<string, unknown>(entries)
  if (Object.keys(metadata).length > 0) header.set('__metadata__', metadata)
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)))
  // Spaces bring the data to a multiple of eight, as the format's library writes it.
  const length = Math.ceil(json.length / 8) * 8
  const bytes = new Uint8Array(8 + length + at)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, BigInt(length), true)
  bytes.fill(32, 8, 8 + length)
  bytes.set(json, 8)
  let offset = 8 + length
  for (const { data } of state.values()) {
    for (const v of data) {
      view.setFloat32(offset, v, true)
      offset += 4
    }
  }
  return bytes
}

/**
 * The tensors of a safetensors file by name, as float32 (F64, F32, F16 and BF16 are read).
 * @throws EngineError engine/bad-state where the file is damaged, holds other types, or lies about its sizes
 */
export function readSafetensors(bytes: Uint8Array): { state: StateDict; metadata: Record<string, string> } {
  const { header, data } = split(bytes)
  const metadata: Record<string, string> = {}
  const found: { name: string; start: number; end: number; entry: () => StateEntry }[] = []
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') {
      if (!isRecord(value)) throw damaged('its metadata is not text by name')
      for (const [key, text] of Object.entries(value)) metadata[key] = String(text)
    } else found.push({ name, ...tensorOf(name, value, data) })
  }
  // Every byte belongs to one tensor: nothing hides between them, none reads another's.
  let at = 0
  for (const { name, start, end } of found.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (start !== at) throw damaged(`${name} does not begin where the tensor before it ends`)
    at = end
  }
  if (at !== data.byteLength) throw damaged(`${data.byteLength - at} bytes belong to no tensor`)
  return { state: new Map(found.map(({ name, entry }) => [name, entry()])), metadata }
}

const damaged = (what: string): EngineError =>
  new EngineError('engine/bad-state', `the safetensors file is damaged: ${what}`, 'Get the file again.')

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function split(bytes: unknown): { header: Record<string, unknown>; data: DataView } {
  if (!(bytes instanceof Uint8Array)) throw damaged('it is not given as bytes')
  if (bytes.length < 8) throw damaged('it is shorter than its first number')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = view.getBigUint64(0, true)
  if (length > largestHeader || Number(length) > bytes.length - 8)
    throw damaged('its header is longer than the file')
  const end = 8 + Number(length)
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, end)))
  } catch {
    throw damaged('its header is not JSON')
  }
  if (!isRecord(header)) throw damaged('its header is not a table')
  return { header, data: new DataView(bytes.buffer, bytes.byteOffset + end, bytes.length - end) }
}

const isCount = (v: unknown): v is number => Number.isSafeInteger(v) && (v as number) >= 0

function tensorOf(name: string, value: unknown, data: DataView) {
  if (!isRecord(value)) throw damaged(`${name} has no description`)
  const { dtype, shape, data_offsets: offsets } = value
  if (!Array.isArray(shape) || !shape.every(isCount))
    throw damaged(`the shape of ${name} is no list of sizes`)
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
    throw damaged(`${name} does not say where it lies`)
  const reader = typeof dtype === 'string' && Object.hasOwn(readers, dtype) ? readers[dtype] : undefined
  if (reader === undefined) {
    throw new EngineError(
      'engine/bad-state',
      `${name} has the type ${String(dtype).slice(0, 20)}, which is not read`,
      `Convert it to one of ${Object.keys(readers).join(', ')}.`,
    )
  }
  const [start, end] = offsets as [number, number]
  const count = sizeOf(shape)
  if (end > data.byteLength || end - start !== count * reader.bytes)
    throw damaged(`${name} has the shape [${shape.join(', ')}] but ${end - start} bytes`)
  const entry = (): StateEntry => ({
    shape,
    data: Float32Array.from({ length: count }, (_, i) => reader.read(data, start + i * reader.bytes)),
  })
  return { start, end, entry }
}
