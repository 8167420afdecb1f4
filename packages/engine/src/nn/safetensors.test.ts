/** @file Safetensors: what is written is read, what lies is refused. */
import { describe, expect, it } from 'vitest'
import { EngineError } from '../errors.ts'
import { seeded } from '../random.ts'
import { readSafetensors, writeSafetensors } from './safetensors.ts'

const file = (header: unknown, data: number[] = []): Uint8Array => {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const bytes = new Uint8Array(8 + json.length + data.length)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true)
  bytes.set(json, 8)
  bytes.set(data, 8 + json.length)
  return bytes
}

const state = new Map([
  ['layers.0.weight', { shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, 1e-30, -0) }],
  ['__proto__', { shape: [], data: Float32Array.of(7) }],
  ['empty', { shape: [0, 4], data: new Float32Array() }],
])

describe('safetensors', () => {
  it('come back as they were, from any place in memory', () => {
    const bytes = writeSafetensors(state, { format: 'pt' })
    const moved = new Uint8Array(bytes.length + 3)
    moved.set(bytes, 3)
    for (const file of [bytes, moved.subarray(3)]) {
      const read = readSafetensors(file)
      expect(read.metadata).toEqual({ format: 'pt' })
      expect(new Set(read.state.keys())).toEqual(new Set(state.keys()))
      for (const [name, entry] of state) expect(read.state.get(name)).toEqual(entry)
    }
    expect(new DataView(bytes.buffer).getBigUint64(0, true) % 8n).toBe(0n)
  })

  it('of half, brain and double floats become float32', () => {
    const header = {
      half: { dtype: 'F16', shape: [4], data_offsets: [0, 8] },
      brain: { dtype: 'BF16', shape: [2], data_offsets: [8, 12] },
      double: { dtype: 'F64', shape: [1], data_offsets: [12, 20] },
    }
    const data = [0x00, 0x3c, 0x00, 0xc0, 0x01, 0x00, 0x00, 0x7c, 0xc0, 0x3f, 0x00, 0xc0]
    const double = [...new Uint8Array(Float64Array.of(0.25).buffer)]
    const { state } = readSafetensors(file(header, [...data, ...double]))
    expect([...state.get('half')!.data]).toEqual([1, -2, 2 ** -24, Number.POSITIVE_INFINITY])
    expect([...state.get('brain')!.data]).toEqual([1.5, -2])
    expect([...state.get('double')!.data]).toEqual([0.25])
  })

  const one = (over: object) => ({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4], ...over } })
  it.each([
    ['no header', new Uint8Array(5)],
    ['a header beyond the file', Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 123)],
    ['a header that is not JSON', file('{"a":')],
    ['a header that is no table', file('[1]')],
    ['a tensor without a description', file({ a: 3 })],
    ['sizes that are not whole', file(one({ shape: [0.5] }), [0, 0, 0, 0])],
    ['negative sizes', file(one({ shape: [-1, -1] }), [0, 0, 0, 0])],
    ['sizes that overflow', file(one({ shape: [2 ** 50, 2 ** 50] }), [0, 0, 0, 0])],
    ['places that run backwards', file(one({ data_offsets: [4, 0] }), [0, 0, 0, 0])],
    ['places beyond the file', file(one({}), [0, 0])],
    ['a type that is not read', file(one({ dtype: 'I64', shape: [] }), [0, 0, 0, 0])],
    ['a type from the prototype', file(one({ dtype: 'toString' }), [0, 0, 0, 0])],
    [
      'tensors that overlap',
      file({ ...one({}), b: { dtype: 'F32', shape: [1], data_offsets: [2, 6] } }, [0, 0, 0, 0, 0, 0]),
    ],
    ['bytes of no tensor', file(one({}), [0, 0, 0, 0, 9])],
    ['metadata that is no table', file({ __metadata__: 3 })],
  ])('with %s are refused', (_, bytes) => {
    expect(() => readSafetensors(bytes)).toThrow(expect.objectContaining({ code: 'engine/bad-state' }))
  })

  it('that were altered anywhere are read or refused, never worse', () => {
    const random = seeded(2)
    const bytes = writeSafetensors(state)
    for (let i = 0; i < 2000; i++) {
      const altered = bytes.slice(0, random() < 0.3 ? Math.floor(random() * bytes.length) : bytes.length)
      for (let k = 0; k < 1 + random() * 3; k++)
        altered[Math.floor(random() * altered.length)] = random() * 256
      try {
        readSafetensors(altered)
      } catch (error) {
        expect(error).toBeInstanceOf(EngineError)
      }
    }
  })
})
