/** @file Tests of inference requests, latencies and traffic. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drawNormal } from '../chance/normal.ts'
import { seeded } from '../chance/random.ts'
import { inferResponse, type ModelSignature, readInferRequest } from './infer.ts'
import { latencyProfile, percentile } from './latency.ts'
import { chooseVersion, trafficRefusal } from './traffic.ts'

const signature: ModelSignature = {
  inputs: [{ name: 'image', datatype: 'FP32', shape: [-1, 1, 2, 2] }],
  outputs: [{ name: 'logits', datatype: 'FP32', shape: [-1, 3] }],
}

const image = { name: 'image', shape: [1, 1, 2, 2], datatype: 'FP32', data: [1, 2, 3, 4.5] as unknown }

const read = (...inputs: object[]) => readInferRequest({ inputs }, signature)
const code = (body: unknown) => {
  const result = readInferRequest(body, signature)
  return result.ok ? null : result.refusal.code
}

describe('inference requests', () => {
  it('reads flat and nested data alike', () => {
    const flat = read(image)
    expect(flat).toMatchObject({ ok: true, value: { outputs: ['logits'] } })
    if (flat.ok) expect(flat.value.inputs[0]!.data).toEqual(Float32Array.of(1, 2, 3, 4.5))
    expect(
      read({
        ...image,
        data: [
          [
            [
              [1, 2],
              [3, 4.5],
            ],
          ],
        ],
      }),
    ).toEqual(flat)
  })

  it('refuses each flaw by its name', () => {
    const body = (more: object) => ({ inputs: [{ ...image, ...more }] })
    expect(code(null)).toBe('infer.body')
    expect(code([])).toBe('infer.body')
    expect(code({ inputs: [] })).toBe('infer.inputs')
    expect(code({ id: 3, inputs: [image] })).toBe('infer.id')
    expect(code(body({ name: 'picture' }))).toBe('infer.unknown')
    expect(code(body({ datatype: 'FP64' }))).toBe('infer.datatype')
    expect(code(body({ datatype: 'toString' }))).toBe('infer.datatype')
    expect(code(body({ shape: [1, 1, 2] }))).toBe('infer.shape')
    expect(code(body({ shape: [1, 1, 2, 3] }))).toBe('infer.shape')
    expect(code(body({ shape: [0, 1, 2, 2] }))).toBe('infer.shape.bad')
    expect(code(body({ shape: [-1, 1, 2, 2] }))).toBe('infer.shape.bad')
    expect(code(body({ shape: [1e9, 1, 2, 2] }))).toBe('infer.tooLarge')
    expect(code(body({ data: 'x' }))).toBe('infer.data')
    expect(code(body({ data: [1, 2, 3] }))).toBe('infer.count')
    expect(
      code(
        body({
          data: [
            [1, 2],
            [3, 4],
          ],
        }),
      ),
    ).toBe('infer.nesting')
    for (const bad of [null, '1', Number.NaN, Number.POSITIVE_INFINITY, 1e39, true])
      expect(code(body({ data: [1, 2, 3, bad] }))).toBe('infer.value')
    expect(code({ inputs: [image, image] })).toBe('infer.twice')
    expect(code({ inputs: [image], outputs: [{ name: 'x' }] })).toBe('infer.unknownOutput')
  })

  it('holds integers to their range', () => {
    const bytes: ModelSignature = { ...signature, inputs: [{ name: 'x', datatype: 'UINT8', shape: [2] }] }
    const result = (data: unknown[]) =>
      readInferRequest({ inputs: [{ name: 'x', datatype: 'UINT8', shape: [2], data }] }, bytes).ok
    expect([result([0, 255]), result([0, 256]), result([-1, 0]), result([0.5, 1])]).toEqual([
      true,
      false,
      false,
      false,
    ])
  })

  it('wants one batch size and every input', () => {
    const two: ModelSignature = {
      ...signature,
      inputs: ['a', 'b'].map((name) => ({ name, datatype: 'INT64', shape: [-1] })),
    }
    const give = (...sizes: number[]) =>
      readInferRequest(
        {
          inputs: sizes.map((size, i) => ({
            name: 'ab'[i],
            datatype: 'INT64',
            shape: [size],
            data: Array(size).fill(1),
          })),
        },
        two,
      )
    expect(give(2, 2)).toMatchObject({ ok: true })
    expect(give(2, 3)).toMatchObject({ refusal: { code: 'infer.batch' } })
    expect(give(2)).toMatchObject({ refusal: { code: 'infer.missing' } })
  })

  it('never throws on any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        readInferRequest(body, signature)
        readInferRequest({ inputs: [body] }, signature)
        readInferRequest({ inputs: [{ ...image, data: body }] }, signature)
      }),
    )
  })

  it('answers with the id echoed', () => {
    const data = Float32Array.of(0.5, 1, 2)
    const outputs = [{ name: 'logits', datatype: 'FP32' as const, shape: [1, 3], data }]
    expect(inferResponse({ name: 'digits', version: '1' }, { id: 'q' }, outputs)).toEqual({
      model_name: 'digits',
      model_version: '1',
      id: 'q',
      outputs: [{ name: 'logits', datatype: 'FP32', shape: [1, 3], data: [0.5, 1, 2] }],
    })
  })
})

describe('latency', () => {
  it('reads percentiles, with open ends where the window is too short', () => {
    const found = percentile([3, 1, 2], 0.95)!
    expect([found.value, found.interval[1]]).toEqual([3, null])
    expect(percentile([], 0.5)).toBeNull()
    expect(percentile([7], 0.5)).toMatchObject({ value: 7, standardError: 0, interval: [null, null] })
  })

  it('has the known ranks for n = 100, p = 0.5', () => {
    const values = Array.from({ length: 100 }, (_, i) => i + 1)
    expect(percentile(values, 0.5)!.interval).toEqual([40, 61])
  })

  it('covers at its level, and its standard error is the true spread', () => {
    const random = seeded(4)
    const truth = Math.exp(0.5 * 1.6448536269514722)
    const found = Array.from(
      { length: 400 },
      () =>
        percentile(
          Array.from({ length: 300 }, () => Math.exp(0.5 * drawNormal(random))),
          0.95,
        )!,
    )
    const covered = found.filter(({ interval: [low, high] }) => low! <= truth && (high ?? Infinity) >= truth)
    expect(covered.length / 400).toBeGreaterThan(0.93)
    const mean = found.reduce((sum, { value }) => sum + value, 0) / 400
    const spread = Math.sqrt(found.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / 400)
    const stated = found.reduce((sum, { standardError }) => sum + standardError, 0) / 400
    expect(stated / spread).toBeGreaterThan(0.85)
    expect(stated / spread).toBeLessThan(1.2)
  })

  it('orders p50, p95, p99', () => {
    const profile = latencyProfile(Float64Array.from({ length: 1000 }, (_, i) => i))!
    expect([profile.p50.value, profile.p95.value, profile.p99.value]).toEqual([499, 949, 989])
  })
})

describe('traffic', () => {
  const shares = [
    { versionId: 'a', weight: 9 },
    { versionId: 'none', weight: 0 },
    { versionId: 'b', weight: 1 },
  ]

  it('follows the weights and keeps a key where it is', () => {
    const chosen = Array.from({ length: 20_000 }, (_, i) => chooseVersion(shares, `request ${i}`))
    expect(chosen.filter((id) => id === 'b').length / 20_000).toBeCloseTo(0.1, 1)
    expect(chosen).not.toContain('none')
    expect(chooseVersion(shares, 'request 7')).toBe(chosen[7])
  })

  it('refuses weights that say nothing', () => {
    expect(trafficRefusal(shares)).toBeNull()
    expect(trafficRefusal([{ versionId: 'a', weight: 0 }])!.code).toBe('traffic.weights')
    expect(trafficRefusal([])!.code).toBe('traffic.weights')
  })
})
