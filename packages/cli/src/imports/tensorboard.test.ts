/** @file Tests of TFRecord files and TensorBoard events, well-formed and hostile. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { afterAll, describe, expect, it } from 'vitest'
import { readEvent } from './event.ts'
import { openTensorboard } from './tensorboard.ts'
import { crc32c, maskedCrc, readRecords } from './tfrecord.ts'

const folder = mkdtempSync(join(tmpdir(), 'capstan-tfrecord-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function record(data: Uint8Array): Buffer {
  const head = Buffer.alloc(12)
  head.writeBigUInt64LE(BigInt(data.length))
  head.writeUInt32LE(maskedCrc(head.subarray(0, 8)), 8)
  const tail = Buffer.alloc(4)
  tail.writeUInt32LE(maskedCrc(data))
  return Buffer.concat([head, data, tail])
}

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

const all = async (path: string) => {
  const found: string[] = []
  for await (const data of readRecords(path)) found.push(data.toString())
  return found
}

const scalar = (tag: string, value: number): Uint8Array => {
  const inner = new BinaryWriter()
    .tag(1, WireType.LengthDelimited)
    .string(tag)
    .tag(2, WireType.Bit32)
    .float(value)
  const summary = new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(inner.finish())
  return new BinaryWriter()
    .tag(1, WireType.Bit64)
    .double(1000.5)
    .tag(2, WireType.Varint)
    .int64(7)
    .tag(5, WireType.LengthDelimited)
    .bytes(summary.finish())
    .finish()
}

describe('TFRecord files', () => {
  it('use the checksum of RFC 3720, appendix B.4', () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
    expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43)
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e)
  })

  it('give their records; a last one that is still being written is left', async () => {
    const whole = Buffer.concat([
      record(Buffer.from('one')),
      record(Buffer.alloc(3_000_000, 'x')),
      record(Buffer.from('three')),
    ])
    expect((await all(file('whole', whole))).map((text) => text.length)).toEqual([3, 3_000_000, 5])
    for (const cut of [1, 4, 11, 20])
      expect(await all(file('cut', whole.subarray(0, whole.length - cut)))).toHaveLength(2)
  })

  it.each<[string, (bytes: Buffer) => void]>([
    ['a changed length', (bytes) => bytes.writeUInt32LE(7, 0)],
    [
      'a huge length with a right checksum',
      (bytes) => {
        bytes.writeBigUInt64LE(2n ** 60n, 0)
        bytes.writeUInt32LE(maskedCrc(bytes.subarray(0, 8)), 8)
      },
    ],
    ['changed data', (bytes) => bytes.writeUInt8(bytes[13]! ^ 1, 13)],
  ])('with %s are refused', async (_, damage) => {
    const bytes = record(Buffer.from('hello'))
    damage(bytes)
    await expect(all(file('damaged', bytes))).rejects.toMatchObject({ code: 'import/damaged' })
  })
})

describe('events', () => {
  it('give scalars with their step and time', () => {
    const { wallTime, step, values } = readEvent(scalar('loss', 0.5))
    expect([wallTime, step]).toEqual([1000.5, 7])
    expect(values).toMatchObject([{ tag: 'loss', value: 0.5, other: null }])
  })

  it('that are no events refuse the run, and nothing of it is sent', async () => {
    const bytes = Buffer.concat([record(scalar('loss', 1)), record(Buffer.from([0x0a, 0xff, 0xff, 0xff]))])
    file('events.out.tfevents.1', bytes)
    const source = await openTensorboard(folder)
    for await (const run of source.runs()) {
      const read = async () => {
        for await (const _ of run.records());
      }
      await expect(read()).rejects.toMatchObject({ code: 'import/damaged' })
    }
  })
})
