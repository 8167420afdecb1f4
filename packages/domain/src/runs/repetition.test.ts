/** @file Tests of comparing a run with its repetition, and of what is kept of a log. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gapsOf, leftOut } from './log.ts'
import { compareRepetition, type RunFacts } from './repetition.ts'

const facts = (change: Partial<RunFacts> = {}): RunFacts => ({
  state: 'finished',
  exitCode: 0,
  command: 'python train.py',
  code: { commit: 'abc' },
  environment: { cpu: 'x' },
  packages: { numpy: '1.24.2' },
  data: { digits: 'h1' },
  parameters: { lr: 0.01 },
  metrics: {
    loss: [
      { step: 0, value: 2.3 },
      { step: 1, value: 1.1 },
    ],
  },
  artifacts: { 'model.pt': 'a' },
  ...change,
})
const curve = (...values: number[]) => values.map((value, step) => ({ step, value }))

describe('a repetition', () => {
  it('is identical to itself, whatever the numbers', () => {
    const value = fc.double()
    const metrics = fc.dictionary(
      fc.string(),
      fc.array(value).map((v) => curve(...v)),
    )
    fc.assert(
      fc.property(metrics, (m) => {
        const run = facts({ metrics: m })
        const found = compareRepetition(run, run)
        expect(found.verdict).toBe('identical')
        expect(found.causes).toEqual([])
      }),
    )
  })

  it('gives the same verdict either way round', () => {
    const values = fc.array(fc.constantFrom(1, 1 + 1e-7, 1.1, Number.NaN, Number.POSITIVE_INFINITY), {
      minLength: 1,
      maxLength: 4,
    })
    fc.assert(
      fc.property(values, values, (x, y) => {
        const [a, b] = [facts({ metrics: { m: curve(...x) } }), facts({ metrics: { m: curve(...y) } })]
        expect(compareRepetition(a, b).verdict).toBe(compareRepetition(b, a).verdict)
      }),
    )
  })

  it('tells near from different, and where curves part', () => {
    const near = compareRepetition(facts(), facts({ metrics: { loss: curve(2.3, 1.1 + 1e-7) } }))
    expect(near.verdict).toBe('near')
    expect(near.metrics[0]).toMatchObject({ key: 'loss', equal: 'near', departsAt: 1 })
    const other = compareRepetition(facts(), facts({ metrics: { loss: curve(2.3, 1.2) } }))
    expect(other.verdict).toBe('different')
    expect(other.metrics[0]!.largest).toBeCloseTo(0.1, 12)
    const shorter = compareRepetition(facts(), facts({ metrics: { loss: curve(2.3) } }))
    expect(shorter.metrics[0]).toMatchObject({ equal: 'different', unmatched: 1, departsAt: 1 })
  })

  it('puts the metrics that differ first, and leaves out what measures time', () => {
    const metrics = { a: curve(1), b: curve(1), 'system/cpu': curve(1), epoch_seconds: curve(3) }
    const after = { a: curve(1), b: curve(2), 'system/cpu': curve(9), epoch_seconds: curve(4) }
    const { metrics: found } = compareRepetition(facts({ metrics }), facts({ metrics: after }))
    expect(found.map(({ key }) => key)).toEqual(['b', 'a'])
    const ignored = compareRepetition(facts({ metrics }), facts({ metrics: after }), undefined, ['b'])
    expect(ignored.verdict).toBe('identical')
  })

  it('names what was not the same to begin with, and artifacts by hash', () => {
    const found = compareRepetition(
      facts(),
      facts({ packages: { numpy: '2.0.0', torch: '1' }, code: {}, artifacts: { 'model.pt': 'b' } }),
    )
    expect(found.causes).toEqual([
      { area: 'code', key: 'commit', before: 'abc', after: null },
      { area: 'packages', key: 'numpy', before: '1.24.2', after: '2.0.0' },
      { area: 'packages', key: 'torch', before: null, after: '1' },
    ])
    expect(found.verdict).toBe('different')
    expect(found.artifacts.different).toEqual([{ path: 'model.pt', before: 'a', after: 'b' }])
  })

  it('that ends otherwise is different; one that measured nothing says so', () => {
    expect(compareRepetition(facts(), facts({ exitCode: 1, state: 'failed' }))).toMatchObject({
      verdict: 'different',
      ending: { before: 'finished (0)', after: 'failed (1)', equal: false },
    })
    const silent = facts({ metrics: {}, artifacts: {} })
    expect(compareRepetition(silent, silent).verdict).toBe('nothing')
  })
})

describe('a log', () => {
  it('keeps its head and its tail, and its gaps add up', () => {
    fc.assert(
      fc.property(
        fc.nat(5000),
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 500 }),
        (end, head, tail) => {
          const out = leftOut(end, { head, tail })
          const kept = out
            ? [
                { offset: 0, bytes: out.from },
                { offset: out.to, bytes: end - out.to },
              ]
            : [{ offset: 0, bytes: end }]
          expect(kept.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(Math.min(end, head + tail))
          expect(gapsOf(kept, 0, end)).toEqual(out ? [out] : [])
        },
      ),
    )
  })
})
