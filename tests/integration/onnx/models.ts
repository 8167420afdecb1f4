/** @file The ONNX project's test models as Debian carries them: where they are, their inputs and expected outputs. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { readModel } from '@capstan/engine'
import * as ort from 'onnxruntime-node'

const folder = '/usr/share/libonnx-testdata/data'

export interface TestModel {
  readonly name: string
  readonly bytes: Uint8Array
  /** The first set of inputs and expected outputs; null for kinds that onnxruntime-node cannot be given. */
  readonly inputs: readonly (ort.Tensor | null)[]
  readonly expected: readonly (ort.Tensor | null)[]
}

/** Every model of the package, which is installed where it is missing. */
export function* testModels(): Generator<TestModel> {
  install()
  for (const kind of readdirSync(folder).sort()) {
    for (const name of readdirSync(join(folder, kind)).sort()) {
      const model = join(folder, kind, name, 'model.onnx')
      if (!existsSync(model)) continue
      yield { name: `${kind}/${name}`, bytes: readFileSync(model), ...dataOf(join(folder, kind, name)) }
    }
  }
}

function install(): void {
  if (existsSync(folder)) return
  execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'libonnx-testdata'], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: 'ignore',
  })
}

function dataOf(model: string): Pick<TestModel, 'inputs' | 'expected'> {
  const set = join(model, 'test_data_set_0')
  const files = existsSync(set) ? readdirSync(set) : []
  const read = (kind: string) =>
    files
      .filter((file) => file.startsWith(`${kind}_`))
      .sort((a, b) => numberOf(a) - numberOf(b))
      .map((file) => tensorOf(readFileSync(join(set, file))))
  return { inputs: read('input'), expected: read('output') }
}

const numberOf = (file: string): number => Number(/\d+/.exec(file)?.[0])

/** The field numbers of the standard: ModelProto.graph, GraphProto.initializer; data_type and string_data. */
const fields = { graph: 7, initializer: 5, dims: 1, dataType: 2, stringData: 6 }
const stringType = 8

function tensorOf(bytes: Uint8Array): ort.Tensor | null {
  try {
    const strings = stringsOf(bytes)
    if (strings !== null) return strings
    const field = (number: number, content: Uint8Array) =>
      new BinaryWriter().tag(number, WireType.LengthDelimited).bytes(content).finish()
    const model = readModel(field(fields.graph, field(fields.initializer, bytes)))
    const { dtype, shape, data } = [...model.initialisers.values()][0]!.constant!
    return new ort.Tensor(dtype as 'float32', data as Float32Array, [...shape])
  } catch {
    // Sequences, maps and optional values are other messages.
    return null
  }
}

function stringsOf(bytes: Uint8Array): ort.Tensor | null {
  const reader = new BinaryReader(bytes)
  const dims: number[] = []
  const strings: string[] = []
  let type = 0
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag()
    if (number === fields.dims && wire === WireType.Varint) dims.push(Number(reader.int64()))
    else if (number === fields.dims) {
      const end = reader.uint32() + reader.pos
      while (reader.pos < end) dims.push(Number(reader.int64()))
    } else if (number === fields.dataType) type = reader.int32()
    else if (number === fields.stringData) strings.push(reader.string())
    else reader.skip(wire)
  }
  return type === stringType ? new ort.Tensor('string', strings, dims) : null
}
