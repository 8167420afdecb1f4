/** @file TensorBoard's event messages: the fields that an import reads. */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'

export interface SummaryValue {
  tag: string
  /** Of a scalar, in either of its two forms. */
  value: number | null
  plugin: string
  /** The plugin's own bytes. */
  content: Uint8Array
  /** What else the value is, when it is no scalar. */
  other: 'image' | 'histogram' | 'audio' | 'tensor' | null
}

export interface TensorboardEvent {
  /** Seconds since 1970. */
  wallTime: number
  step: number
  values: SummaryValue[]
  /** A graph, a log line, a session note: anything but a summary. */
  other: boolean
}

/** Numbers of the fields, from tensorflow/core/util/event.proto. @throws when the bytes are no such message */
export function readEvent(bytes: Uint8Array): TensorboardEvent {
  const event: TensorboardEvent = { wallTime: 0, step: 0, values: [], other: false }
  fields(bytes, {
    1: (r) => {
      event.wallTime = r.double()
    },
    2: (r) => {
      event.step = Number(r.int64())
    },
    5: (r) => fields(r.bytes(), { 1: (s) => event.values.push(readValue(s.bytes())) }),
    ...Object.fromEntries(
      [4, 6, 7, 8, 9].map((n) => [
        n,
        (r: BinaryReader, wire: WireType) => {
          event.other = true
          r.skip(wire)
        },
      ]),
    ),
  })
  return event
}

function readValue(bytes: Uint8Array): SummaryValue {
  const value: SummaryValue = { tag: '', value: null, plugin: '', content: new Uint8Array(0), other: null }
  const is = (other: SummaryValue['other']) => (r: BinaryReader, wire: WireType) => {
    value.other = other
    r.skip(wire)
  }
  fields(bytes, {
    1: (r) => {
      value.tag = r.string()
    },
    2: (r) => {
      value.value = r.float()
    },
    4: is('image'),
    5: is('histogram'),
    6: is('audio'),
    8: (r) => {
      value.value = readScalar(r.bytes())
      value.other = 'tensor'
    },
    9: (r) =>
      fields(r.bytes(), {
        1: (m) =>
          fields(m.bytes(), {
            1: (p) => {
              value.plugin = p.string()
            },
            2: (p) => {
              value.content = p.bytes()
            },
          }),
      }),
  })
  return value
}

const DT_FLOAT = 1
const DT_DOUBLE = 2
const DT_INT32 = 3
const DT_INT64 = 9
const DT_HALF = 19
const DT_BFLOAT16 = 14

/** A tensor of one number; null for any other. */
function readScalar(bytes: Uint8Array): number | null {
  let type = 0
  let elements = 1
  let content: Uint8Array | null = null
  const numbers: number[] = []
  const many = (read: (r: BinaryReader) => number) => (r: BinaryReader, wire: WireType) => {
    if (wire !== WireType.LengthDelimited) {
      numbers.push(read(r))
      return
    }
    const packed = new BinaryReader(r.bytes())
    // one number is enough to know that there are more than one
    while (packed.pos < packed.len && numbers.length < 2) numbers.push(read(packed))
  }
  fields(bytes, {
    1: (r) => {
      type = r.int32()
    },
    2: (r) =>
      fields(r.bytes(), {
        2: (d) =>
          fields(d.bytes(), {
            1: (s) => {
              elements *= Number(s.int64())
            },
          }),
      }),
    4: (r) => {
      content = r.bytes()
    },
    5: many((r) => r.float()),
    6: many((r) => r.double()),
    7: many((r) => r.int32()),
    10: many((r) => Number(r.int64())),
  })
  if (elements !== 1) return null
  const raw = content as Uint8Array | null
  if (raw !== null && raw.length > 0) {
    const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength)
    if (type === DT_FLOAT && raw.length === 4) return view.getFloat32(0, true)
    if (type === DT_DOUBLE && raw.length === 8) return view.getFloat64(0, true)
    if (type === DT_INT32 && raw.length === 4) return view.getInt32(0, true)
    if (type === DT_INT64 && raw.length === 8) return Number(view.getBigInt64(0, true))
    if (type === DT_BFLOAT16 && raw.length === 2) {
      const wide = new DataView(new ArrayBuffer(4))
      wide.setUint16(0, view.getUint16(0, true))
      return wide.getFloat32(0)
    }
    if (type === DT_HALF && raw.length === 2) return half(view.getUint16(0, true))
    return null
  }
  return numbers.length === 1 ? numbers[0]! : null
}

/** IEEE 754 binary16. */
function half(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023]
  const size =
    exponent === 0
      ? fraction * 2 ** -24
      : exponent === 31
        ? fraction === 0
          ? Infinity
          : Number.NaN
        : (1 + fraction / 1024) * 2 ** (exponent - 15)
  return bits & 0x8000 ? -size : size
}

export interface SessionStart {
  params: Record<string, string>
  startedAt: number | null
}

/** The hyperparameters that the `hparams` plugin keeps, from plugins/hparams/plugin_data.proto. */
export function readHparams(content: Uint8Array): { start: SessionStart | null; failed: boolean } {
  let start: SessionStart | null = null
  let failed = false
  fields(content, {
    3: (r) => {
      const params: Record<string, string> = {}
      let startedAt: number | null = null
      fields(r.bytes(), {
        1: (m) => {
          let key = ''
          let value = ''
          fields(m.bytes(), {
            1: (e) => {
              key = e.string()
            },
            2: (e) =>
              fields(e.bytes(), {
                1: (v) => {
                  v.int32()
                  value = 'null'
                },
                2: (v) => {
                  value = String(v.double())
                },
                3: (v) => {
                  value = v.string()
                },
                4: (v) => {
                  value = String(v.bool())
                },
              }),
          })
          params[key] = value
        },
        5: (m) => {
          startedAt = m.double()
        },
      })
      start = { params, startedAt }
    },
    4: (r) =>
      fields(r.bytes(), {
        1: (m) => {
          // STATUS_FAILURE of plugins/hparams/api.proto
          failed = m.int32() === 2
        },
      }),
  })
  return { start, failed }
}

function fields(
  bytes: Uint8Array,
  handlers: Readonly<Record<number, (reader: BinaryReader, wire: WireType) => unknown>>,
): void {
  const reader = new BinaryReader(bytes)
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag()
    const handler = handlers[number]
    if (handler) handler(reader, wire)
    else reader.skip(wire, number)
  }
}
