/** @file Half-precision models are read as float32, and quantised ones refused by name. */
import { create, toBinary } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { importedModule, trainable } from '../pretrained/imported.ts'
import { nodeRuntime } from '../runtime/node.ts'
import { ModelProtoSchema } from './onnx.generated.ts'
import { readModel } from './read.ts'
import { writeModel } from './write.ts'

const halves = [0x3c00, 0xc000, 0x3555, 0x0001, 0x7bff, 0x8000]
const values = [1, -2, 0.333251953125, 2 ** -24, 65504, -0]
const brains = [0x3f80, 0xc000, 0x3eab, 0x0080, 0x7f00, 0x8000]

const ofType = (elemType: number, ...sizes: bigint[]) => ({
  value: {
    case: 'tensorType' as const,
    value: {
      elemType,
      shape: { dim: sizes.map((value) => ({ value: { case: 'dimValue' as const, value } })) },
    },
  },
})

const model = (graph: object): Uint8Array =>
  toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, { irVersion: 9n, opsetImport: [{ version: 19n }], graph }),
  )

/** y = float(half(x) * w), with the weight in raw bytes or as numbers. */
const narrow = (dataType: number, bits: readonly number[], raw: boolean): Uint8Array =>
  model({
    input: [{ name: 'x', type: ofType(1, 6n) }],
    initializer: [
      {
        name: 'w',
        dims: [6n],
        dataType,
        ...(raw ? { rawData: new Uint8Array(Uint16Array.from(bits).buffer) } : { int32Data: bits }),
      },
    ],
    node: [
      {
        opType: 'Cast',
        input: ['x'],
        output: ['h'],
        attribute: [{ name: 'to', type: 2, i: BigInt(dataType) }],
      },
      { opType: 'Mul', input: ['h', 'w'], output: ['m'] },
      { opType: 'Cast', input: ['m'], output: ['y'], attribute: [{ name: 'to', type: 2, i: 1n }] },
    ],
    output: [{ name: 'y', type: ofType(1, 6n) }],
  })

describe('a model of narrow floats', () => {
  it.each([
    ['float16, raw', 10, halves, true],
    ['float16, numbers', 10, halves, false],
    ['bfloat16, raw', 16, brains, true],
    ['bfloat16, numbers', 16, brains, false],
  ] as const)('is read as float32, exactly: %s', async (_, type, bits, raw) => {
    const bytes = narrow(type, bits, raw)
    const read = readModel(bytes, { widen: true })
    const weights = [...(read.initialisers.get('w')!.constant!.data as Float32Array)]
    const expected = type === 10 ? values : [1, -2, 0.333984375, 2 ** -126, 2 ** 127, -0]
    expect(weights).toEqual(expected)
    expect(trainable(read).map(({ name }) => name)).toEqual(['w'])
    const session = await nodeRuntime({ threads: 1 }).createSession(writeModel(read))
    const { y } = await session.run({
      x: { dtype: 'float32', shape: [6], data: Float32Array.of(1, 1, 1, 1, 1, 1) },
    })
    expect([...y!.data]).toEqual(expected)
    await session.release()
  })

  it('says so where it is to be trained as it is', () => {
    expect(() => importedModule(readModel(narrow(10, halves, true)), { train: '*' })).toThrow(
      expect.objectContaining({ code: 'engine/bad-options', hint: expect.stringMatching(/widen: true/) }),
    )
  })
})

describe('a quantised model', () => {
  it('says which node makes it one, and what to do', () => {
    const bytes = model({
      input: [{ name: 'x', type: ofType(1, 1n, 2n) }],
      initializer: [
        { name: 'w', dims: [2n, 2n], dataType: 3, rawData: Uint8Array.of(1, 2, 3, 4) },
        { name: 's', dims: [], dataType: 1, floatData: [0.5] },
        { name: 'z', dims: [], dataType: 3, rawData: Uint8Array.of(0) },
      ],
      node: [
        { name: 'head', opType: 'DequantizeLinear', input: ['w', 's', 'z'], output: ['d'] },
        { opType: 'MatMul', input: ['x', 'd'], output: ['y'] },
      ],
      output: [{ name: 'y', type: ofType(1, 1n, 2n) }],
    })
    const read = readModel(bytes)
    expect(() => importedModule(read, { train: '*' })).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(/quantised \(head, DequantizeLinear\)/) }),
    )
  })
})
