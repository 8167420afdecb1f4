/** @file Tests of histories: each statistic by hand, and that the way facts arrive changes nothing. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { calendarOf } from './calendar.ts'
import type { Fact } from './fact.ts'
import { emptyFold, type Fold, sortedWindow } from './fold.ts'
import { type Clock, goesOnFromFold, goOn, type HistoryRow, MARK, neededSince, replay } from './history.ts'
import { type Input, inputOf, type Query, queryOf, type Statistic } from './query.ts'

const clock: Clock = {
  calendar: calendarOf('Europe/Berlin'),
  cycleStarts: ['2026-03-10T08:00:00.000Z', '2026-03-25T08:00:00.000Z'],
  now: '2026-04-10T12:00:00.000Z',
  direction: 'up',
}

const input = (at: string, value: number, hit = true): Input => ({
  at: new Date(at).toISOString(),
  key: `run:${at}`,
  value,
  hit,
  origin: 'measured',
  evidence: { noun: 'run', id: at },
})

const ask = (statistic: Statistic, change: Partial<Query> = {}): Query => ({
  of: 'run',
  where: [],
  value: 'cost',
  statistic,
  window: { kind: 'all' },
  ...change,
})

const inputs = [
  input('2026-03-20T10:00:00Z', 4),
  input('2026-03-27T10:00:00Z', 1, false),
  input('2026-03-28T10:00:00Z', 3),
  input('2026-03-30T10:00:00Z', 2),
]
const values = (query: Query) => replay(query, clock, inputs).rows.map(({ value }) => value)

describe('statistics over everything', () => {
  it.each<[Statistic, Partial<Query>, number[]]>([
    ['latest', {}, [4, 1, 3, 2]],
    ['best', {}, [4, 4, 4, 4]],
    ['min', {}, [4, 1, 1, 1]],
    ['count', { value: undefined }, [1, 2, 3, 4]],
    ['sum', {}, [4, 5, 8, 10]],
    ['mean', {}, [4, 2.5, 8 / 3, 2.5]],
    ['median', {}, [4, 2.5, 3, 2.5]],
    ['quantile', { quantile: 0 }, [4, 1, 1, 1]],
    ['share', { value: undefined }, [1, 0.5, 2 / 3, 3 / 4]],
  ])('%s', (statistic, change, expected) => {
    expect(values(ask(statistic, change))).toEqual(expected)
  })

  it('the best of what should be small is the smallest, with its own evidence', () => {
    const { rows } = replay(ask('best'), { ...clock, direction: 'down' }, inputs)
    expect(rows.at(-1)).toMatchObject({ value: 1, evidence: { id: inputs[1]!.evidence.id } })
  })

  it('a mean carries the standard error of the mean, a share that of a proportion', () => {
    expect(replay(ask('mean'), clock, inputs).current!.error).toBeCloseTo(Math.sqrt(5 / 3 / 4), 12)
    const share = replay(ask('share', { value: undefined }), clock, inputs).current!
    expect(share.error).toBeCloseTo(Math.sqrt((0.75 * 0.25) / 4), 12)
  })
})

describe('windows', () => {
  it('a fact leaves a window of days at a local midnight, on the day of 23 hours too', () => {
    const { rows, current } = replay(ask('sum', { window: { kind: 'days', days: 2 } }), clock, inputs)
    expect(rows.map(({ at, value }) => [at, value])).toEqual([
      ['2026-03-20T10:00:00.000Z', 4],
      // 22 March begins at 23:00 UTC, 30 March at 22:00 UTC
      ['2026-03-21T23:00:00.000Z', 0],
      ['2026-03-27T10:00:00.000Z', 1],
      ['2026-03-28T10:00:00.000Z', 4],
      ['2026-03-28T23:00:00.000Z', 3],
      ['2026-03-29T22:00:00.000Z', 0],
      ['2026-03-30T10:00:00.000Z', 2],
      ['2026-03-31T22:00:00.000Z', 0],
    ])
    expect(current!.value).toBe(0)
  })

  it('of nothing there is a count, but no mean', () => {
    const window = { kind: 'days', days: 3 } as const
    expect(replay(ask('mean', { window }), clock, inputs).current).toBeNull()
    expect(replay(ask('count', { value: undefined, window }), clock, inputs).current).toMatchObject({
      value: 0,
      count: 0,
    })
  })

  it('a cycle begins anew', () => {
    const { rows } = replay(ask('count', { value: undefined, window: { kind: 'cycle' } }), clock, inputs)
    expect(rows.map(({ key, value }) => [key === MARK, value])).toEqual([
      [false, 1],
      [true, 0],
      [false, 1],
      [false, 2],
      [false, 3],
    ])
  })

  it('a rate divides by the days of its window, an age counts them', () => {
    const rate = replay(ask('rate', { window: { kind: 'days', days: 30 } }), clock, inputs)
    expect(rate.current!.value).toBeCloseTo(10 / 30, 12)
    const age = replay(ask('age', { value: undefined }), clock, inputs)
    expect(age.current!.value).toBe(11)
    expect(age.rows.filter(({ at }) => at < inputs[1]!.at).map(({ value }) => value)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7,
    ])
  })
})

describe('facts', () => {
  const fact: Fact = {
    source: 'evaluation',
    id: 'e1',
    at: '2026-03-20T10:00:00.000Z',
    origin: 'measured',
    evidence: { noun: 'evaluation', id: 'e1' },
    words: { dataset: 'd1', initiative: 'i1' },
    numbers: { accuracy: 0.9, loss: 0.3 },
    errors: { accuracy: 0.01 },
  }

  it('are taken by presets as by what those stand for', () => {
    const query = queryOf({ source: 'evaluation', statistic: 'accuracy', datasetId: 'd1' })
    expect(inputOf(query, fact)).toMatchObject({ value: 0.9, error: 0.01, evidence: { id: 'e1' } })
    expect(inputOf(queryOf({ source: 'evaluation', statistic: 'loss', datasetId: 'd2' }), fact)).toBeNull()
  })

  it('are filtered by words and bounds', () => {
    const query = (where: Query['where']): Query => ({
      ...ask('latest'),
      of: 'evaluation',
      value: 'loss',
      where,
    })
    expect(inputOf(query([{ field: 'initiative', isNot: ['i2'] }]), fact)).not.toBeNull()
    expect(inputOf(query([{ field: 'accuracy', atLeast: 0.95 }]), fact)).toBeNull()
    expect(inputOf(query([{ field: 'accuracy', atLeast: 0.9, atMost: 0.9 }]), fact)).not.toBeNull()
    expect(inputOf(query([{ field: 'samples', atLeast: 0 }]), fact)).toBeNull()
  })
})

/** What a store does: replays from where a change begins, or goes on from the fold. */
class Kept {
  rows: HistoryRow[] = []
  fold: Fold = emptyFold
  current: HistoryRow['value'] | null = null
  readonly query: Query
  clock: Clock
  constructor(query: Query, clock: Clock) {
    this.query = query
    this.clock = clock
  }

  inputs = () => this.rows.flatMap(({ input: kept }) => kept ?? [])

  change(removed: string | null, added: Input | null) {
    const old = this.rows.find(({ key }) => key === removed)
    const last = this.rows.at(-1)
    const isLast = added && (!last || last.at < added.at || (last.at === added.at && last.key < added.key))
    if (!old && added && isLast && goesOnFromFold(this.query)) {
      const sorted = sortedWindow([...this.inputs(), added].map(({ value }) => value)).values
      const { row, fold } = goOn(this.query, this.clock.direction, this.fold, added, sorted)
      this.rows.push(row)
      this.fold = fold
      this.current = row.value
      return
    }
    const from = [old?.at, added?.at].flatMap((at) => at ?? []).sort()[0]
    if (from === undefined) return
    const next = this.inputs().filter(({ key }) => key !== removed)
    if (added) next.push(added)
    next.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.key < b.key ? -1 : 1))
    this.replay(next, from)
  }

  slide(now: string) {
    const from = this.clock.now
    this.clock = { ...this.clock, now }
    this.replay(this.inputs(), from)
  }

  private replay(all: Input[], from: string) {
    const since = neededSince(this.query, this.clock, from) ?? ''
    const first = all.findIndex(({ at }) => at >= since)
    const start = first < 0 ? all.length - 1 : first - 1
    const before = this.rows.filter(({ at }) => at < from)
    const history = replay(this.query, this.clock, all.slice(Math.max(0, start)), {
      from,
      previous: before.at(-1)?.value ?? null,
    })
    this.rows = [...before, ...history.rows]
    this.fold = history.fold
    this.current = history.current?.value ?? null
  }
}

const start = Date.parse('2026-03-01T00:00:00Z')
const instant = fc
  .integer({ min: 0, max: 60 * 24 })
  .map((hours) => new Date(start + hours * 3_600_000).toISOString())
const event = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('fact' as const),
      id: fc.integer({ min: 0, max: 12 }),
      at: instant,
      value: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -1, max: 1, noNaN: true })),
      hit: fc.boolean(),
      ahead: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('gone' as const), id: fc.integer({ min: 0, max: 12 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('time' as const), hours: fc.integer({ min: 1, max: 200 }) }),
  },
)
const query = fc
  .record({
    statistic: fc.constantFrom<Statistic[]>(
      'latest',
      'best',
      'min',
      'max',
      'count',
      'sum',
      'mean',
      'median',
      'quantile',
      'share',
      'rate',
      'age',
    ),
    window: fc.oneof(
      fc.constant({ kind: 'all' } as const),
      fc.constant({ kind: 'cycle' } as const),
      fc.integer({ min: 1, max: 9 }).map((days) => ({ kind: 'days' as const, days })),
    ),
    zone: fc.constantFrom('Europe/Berlin', 'Asia/Shanghai', 'America/New_York'),
  })
  .filter(({ statistic, window }) => statistic !== 'age' || window.kind === 'all')

describe('a history kept up as facts come, change and go', () => {
  it('is the history from scratch, whatever the order', () => {
    fc.assert(
      fc.property(query, fc.array(event, { maxLength: 40 }), ({ statistic, window, zone }, events) => {
        const asked = ask(statistic, { window, quantile: 0.3 })
        const cycleStarts = [
          '2026-03-05T07:00:00.000Z',
          '2026-03-20T07:00:00.000Z',
          '2026-04-20T07:00:00.000Z',
        ]
        const begun = {
          ...clock,
          calendar: calendarOf(zone),
          cycleStarts,
          now: new Date(start).toISOString(),
        }
        const kept = new Kept(asked, begun)
        const known = new Map<string, Input>()
        let newest = ''
        for (const one of events) {
          if (one.kind === 'time') {
            kept.slide(new Date(Date.parse(kept.clock.now) + one.hours * 3_600_000).toISOString())
          } else {
            const key = `run:${String(one.id).padStart(2, '0')}`
            const made: Input | null =
              one.kind === 'gone'
                ? null
                : { ...input(one.ahead && newest > one.at ? newest : one.at, one.value, one.hit), key }
            if (made && made.at > newest) newest = made.at
            kept.change(known.has(key) ? key : null, made)
            if (made) known.set(key, made)
            else known.delete(key)
          }
          const sorted = [...known.values()].sort((a, b) =>
            a.at < b.at ? -1 : a.at > b.at ? 1 : a.key < b.key ? -1 : 1,
          )
          const scratch = replay(asked, kept.clock, sorted)
          expect(kept.rows).toEqual(scratch.rows)
          expect(kept.current).toEqual(scratch.current?.value ?? null)
        }
      }),
      { seed: 11, numRuns: 600 },
    )
  })
})
