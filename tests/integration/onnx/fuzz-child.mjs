/** @file Reads damaged copies of real models in a process of its own, and says how each ended. */
import { readFileSync } from 'node:fs'
import { fromBinary, toBinary } from '@bufbuild/protobuf'
import { EngineError, importedModule, readModel, trainable, writeModel } from '@capstan/engine'
import { ModelProtoSchema } from '../../../packages/engine/dist/onnx/onnx.generated.js'

const { files, rounds, seed } = JSON.parse(readFileSync(0, 'utf8'))

let state = seed
/** Mulberry32. */
function random() {
  state = (state + 0x6d2b79f5) | 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}
const below = (n) => Math.floor(random() * n)
const pick = (list) => list[below(list.length)]

/** Changes of the bytes alone. */
const bytewise = [
  (b) => b.slice(0, below(b.length)),
  (b) => {
    for (let n = below(16); n >= 0; n--) b[below(b.length)] ^= 1 << below(8)
    return b
  },
  (b) => {
    b[below(b.length)] = pick([0, 1, 127, 128, 255])
    return b
  },
  (b) => b.copyWithin(below(b.length), below(b.length), below(b.length)),
  // the largest varint, in the middle
  (b) => {
    const at = below(b.length)
    return Buffer.concat([b.subarray(0, at), Buffer.from('ffffffffffffffffff01', 'hex'), b.subarray(at)])
  },
]

const numbers = [0n, -1n, 1n, 2n, 7n, 65536n, 2n ** 31n, 2n ** 33n, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)]

/** Changes that leave a well-formed protobuf message. */
const structural = [
  ({ graph }) => {
    const info = pick([...graph.input, ...graph.output, ...graph.valueInfo])
    const type = info?.type?.value.value
    if (type?.shape?.dim.length > 0) pick(type.shape.dim).value = { case: 'dimValue', value: pick(numbers) }
    else if (type) type.elemType = below(30)
  },
  ({ graph }) => {
    const t = pick(graph.initializer)
    if (!t) return
    if (t.dims.length > 0) t.dims[below(t.dims.length)] = pick(numbers)
    else t.dataType = below(30)
  },
  // shapes, axes and sizes that are constants
  ({ graph }) => {
    const t = pick([
      ...graph.initializer,
      ...graph.node.flatMap((n) => n.attribute.flatMap((a) => a.t ?? [])),
    ])
    if (t?.dataType !== 7) return
    if (t.int64Data.length > 0) t.int64Data[below(t.int64Data.length)] = pick(numbers)
    else if (t.rawData.length >= 8) {
      const raw = Buffer.from(t.rawData)
      raw.writeBigInt64LE(pick(numbers), 8 * below(raw.length / 8))
      t.rawData = new Uint8Array(raw)
    }
  },
  ({ graph }) => {
    const a = pick(graph.node.flatMap((n) => n.attribute))
    if (!a) return
    if (a.ints.length > 0) a.ints[below(a.ints.length)] = pick(numbers)
    else a.i = pick(numbers)
  },
  ({ graph }) => {
    const n = pick(graph.node)
    if (n?.input.length > 0)
      n.input[below(n.input.length)] = pick(['', 'nothing', ...graph.node.flatMap((m) => m.output)])
  },
  ({ graph }) => {
    const n = pick(graph.node)
    if (n?.output.length > 0) n.output[below(n.output.length)] = pick(graph.node.flatMap((m) => m.output))
  },
  ({ graph }) => graph.node.splice(below(graph.node.length), 1),
  ({ graph }) => graph.initializer.splice(below(graph.initializer.length), 1),
  ({ graph }) => {
    const n = pick(graph.node)
    if (n)
      n.opType = pick([
        'Expand',
        'Tile',
        'ConstantOfShape',
        'Range',
        'Loop',
        'If',
        'Scan',
        'Split',
        ...graph.node.map((m) => m.opType),
      ])
  },
  (m) => {
    const o = pick(m.opsetImport)
    if (o) o.version = pick(numbers)
  },
  ({ graph }) => {
    const t = pick(graph.initializer)
    if (!t) return
    t.dataLocation = 1
    t.externalData = [
      { key: 'location', value: pick(['../../etc/passwd', '/etc/passwd', 'weights', '', 'a\0b']) },
    ]
  },
]

function damaged(whole) {
  if (random() < 0.4) return pick(bytewise)(Buffer.from(whole))
  const model = fromBinary(ModelProtoSchema, whole)
  if (model.graph === undefined) return whole
  for (let n = below(3); n >= 0; n--) pick(structural)(model)
  return toBinary(ModelProtoSchema, model)
}

const counts = { read: 0, refused: 0, trainable: 0 }
const codes = {}
const untyped = []
let slowest = 0
for (const file of files) {
  const whole = readFileSync(file)
  for (let i = 0; i < rounds; i++) {
    let bytes
    try {
      bytes = damaged(whole)
    } catch {
      // protobuf itself cannot write such a message
      continue
    }
    const started = performance.now()
    try {
      const model = readModel(bytes)
      writeModel(model)
      counts.read++
      if (trainable(model).length > 0 && model.inputs.length === 1) {
        importedModule(model, { train: '*' }).export()
        counts.trainable++
      }
    } catch (error) {
      if (error instanceof EngineError) {
        counts.refused++
        codes[error.code] = (codes[error.code] ?? 0) + 1
      } else untyped.push(`${file}, round ${i}: ${String(error.stack).split('\n').slice(0, 4).join(' ')}`)
    }
    slowest = Math.max(slowest, performance.now() - started)
  }
}
const memory = Math.round(process.resourceUsage().maxRSS / 1024)
console.log(
  JSON.stringify({
    counts,
    codes,
    untyped: untyped.slice(0, 20),
    untypedCount: untyped.length,
    slowest,
    memory,
  }),
)
