/** @file Tests of IDX decoding, splitting, profiling and leakage. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeIdx, type IdxTensor, pairImages } from './idx.ts'
import { findLeaks, sampleHashes } from './leakage.ts'
import { profileImages } from './profile.ts'
import { stratifiedSplit } from './split.ts'

const idx = (type: number, shape: number[], data: number[]) =>
  Uint8Array.from([
    0,
    0,
    type,
    shape.length,
    ...shape.flatMap((n) => [n >>> 24, n >>> 16, n >>> 8, n]),
    ...data,
  ])

const tensor = (bytes: Uint8Array): IdxTensor => {
  const result = decodeIdx(bytes, 'f')
  if (!result.ok) throw new Error(result.refusal.code)
  return result.value
}

const code = (bytes: Uint8Array) => {
  const result = decodeIdx(bytes, 'f')
  return result.ok ? null : result.refusal.code
}

describe('IDX', () => {
  it('decodes bytes and big-endian numbers', () => {
    const found = tensor(idx(8, [2, 2], [1, 2, 3, 255]))
    expect([found.shape, [...found.data]]).toEqual([
      [2, 2],
      [1, 2, 3, 255],
    ])
    expect([...tensor(idx(11, [2], [1, 0, 255, 255])).data]).toEqual([256, -1])
    expect([...tensor(idx(13, [1], [0x3f, 0xc0, 0, 0])).data]).toEqual([1.5])
  })

  it('decodes inside a larger buffer', () => {
    const whole = Uint8Array.from([9, 9, 9, ...idx(8, [2], [7, 8])])
    expect([...tensor(whole.subarray(3)).data]).toEqual([7, 8])
  })

  it('refuses each flaw by its name', () => {
    expect(code(Uint8Array.of(0x1f, 0x8b, 8, 0))).toBe('idx.compressed')
    expect(code(Uint8Array.of(1, 0, 8, 1))).toBe('idx.magic')
    expect(code(idx(7, [1], [1]))).toBe('idx.type')
    expect(code(Uint8Array.of(0, 0, 8, 0))).toBe('idx.rank')
    expect(code(Uint8Array.of(0, 0))).toBe('idx.truncated')
    expect(code(idx(8, [3], [1, 2]))).toBe('idx.truncated')
    expect(code(idx(8, [2], [1, 2, 3]))).toBe('idx.trailing')
    expect(code(idx(8, [0xffffffff, 0xffffffff], []))).toBe('idx.truncated')
  })

  it('never throws on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        decodeIdx(bytes, 'f')
      }),
    )
  })

  it('pairs images with labels, or says why not', () => {
    const files = { images: 'i', labels: 'l' }
    const images = tensor(idx(8, [2, 1, 2], [1, 2, 3, 4]))
    const pair = (labels: IdxTensor) => {
      const result = pairImages(images, labels, files)
      return result.ok ? result.value.classes : result.refusal.code
    }
    expect(pair(tensor(idx(8, [2], [0, 9])))).toBe(10)
    expect(pair(tensor(idx(8, [3], [0, 9, 1])))).toBe('idx.counts')
    expect(pair(images)).toBe('idx.notLabels')
  })
})

describe('split', () => {
  it('is a partition that keeps the classes in proportion, and repeats with its seed', () => {
    const labels = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 300 })
    fc.assert(
      fc.property(labels, fc.double({ min: 0, max: 0.9, noNaN: true }), fc.nat(), (list, share, seed) => {
        const { train, validation } = stratifiedSplit(list, { validationShare: share, seed })
        expect([...train, ...validation].sort((a, b) => a - b)).toEqual(list.map((_, i) => i))
        for (let label = 0; label < 5; label++) {
          const all = list.filter((l) => l === label).length
          const held = [...validation].filter((i) => list[i] === label).length
          if (all > 0) expect(Math.abs(held - all * share)).toBeLessThanOrEqual(1)
        }
        expect(stratifiedSplit(list, { validationShare: share, seed })).toEqual({ train, validation })
      }),
    )
  })
})

describe('profile', () => {
  it('counts classes, pixels, blanks and duplicates', () => {
    const images = Uint8Array.from([0, 0, 0, 255, 0, 255, 7, 7])
    const found = profileImages({
      images,
      labels: [0, 1, 1, 0],
      sampleShape: [1, 2],
      classes: 3,
      splits: { train: [0, 1, 2], validation: [3] },
      hashes: sampleHashes(images, 2),
    })
    expect(found.classes.map(({ count }) => count)).toEqual([2, 2, 0])
    expect(found.splits).toEqual([
      { name: 'train', count: 3, classes: [1, 2, 0] },
      { name: 'validation', count: 1, classes: [1, 0, 0] },
    ])
    expect([found.blank.count, found.duplicates]).toEqual([2, { count: 1, share: 0.25 }])
    expect(found.pixels).toMatchObject({ mean: 524 / 8, min: 0, max: 255 })
  })

  it('finds what stands in two splits', () => {
    expect(findLeaks({ train: ['a', 'b'], validation: ['c'], test: ['b', 'b', 'd'] })).toMatchObject([
      { from: 'train', into: 'test', count: 2 },
    ])
  })
})
