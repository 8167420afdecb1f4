/** @file Laws of the queue: priority, fair share, no starvation, room on the machine. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  defaultQueuePolicy,
  type FairShare,
  fits,
  type Needs,
  nextTurn,
  type Queue,
  roomLeft,
  shareOfMachine,
  type WaitingRun,
  whyWaiting,
} from './queue.ts'

const NOW = Date.parse('2026-01-01T12:00:00.000Z')
const at = (seconds: number) => new Date(NOW + seconds * 1000).toISOString()
const one: Needs = { cores: 1, memoryBytes: 0, gpus: 0 }
const large: Needs = { cores: 8, memoryBytes: 2 ** 34, gpus: 2 }

const waiting = (number: number, change: Partial<WaitingRun> = {}): WaitingRun => ({
  id: `run_${number}`,
  number,
  initiativeId: null,
  priority: 0,
  queuedAt: at(-10),
  notBefore: null,
  held: false,
  needs: one,
  ...change,
})
const queue = (runs: readonly WaitingRun[], change: Partial<Queue> = {}): Queue => ({
  waiting: runs,
  shares: new Map(),
  machine: { total: large, free: large },
  now: at(0),
  ...change,
})
const started = (q: Queue) => {
  const turn = nextTurn(q)
  return turn.kind === 'start' ? turn.run.number : null
}

const anyRun = fc.record({
  initiativeId: fc.constantFrom('a', 'b', 'c', null),
  priority: fc.integer({ min: -10, max: 10 }),
  age: fc.integer({ min: 0, max: 400_000 }),
  later: fc.constantFrom(null, -5, 5),
  held: fc.boolean(),
  cores: fc.integer({ min: 1, max: 12 }),
})
const anyQueue = fc
  .tuple(
    fc.array(anyRun, { maxLength: 12 }),
    fc.integer({ min: 0, max: 8 }),
    fc.array(fc.record({ weight: fc.nat(9), used: fc.nat(50) }), { minLength: 3, maxLength: 3 }),
  )
  .map(([runs, cores, [a, b, c]]) =>
    queue(
      runs.map((r, i) =>
        waiting(i, {
          ...r,
          queuedAt: at(-r.age),
          notBefore: r.later === null ? null : at(r.later),
          needs: { ...one, cores: r.cores },
        }),
      ),
      {
        machine: { total: large, free: { ...large, cores } },
        shares: new Map<string | null, FairShare>([
          ['a', a!],
          ['b', b!],
          ['c', c!],
        ]),
      },
    ),
  )

describe('the queue', () => {
  it('starts only what may start and fits, whatever the order it is told in', () => {
    fc.assert(
      fc.property(anyQueue, fc.integer(), (q, seed) => {
        const turn = nextTurn(q)
        if (turn.kind === 'start') {
          expect(turn.run.held).toBe(false)
          expect(turn.run.notBefore === null || turn.run.notBefore <= q.now).toBe(true)
          expect(fits(turn.run.needs, q.machine.free)).toBe(true)
        }
        const shuffled = [...q.waiting].sort(
          (x, y) => ((x.number * 7919 + seed) % 31) - ((y.number * 7919 + seed) % 31),
        )
        expect(nextTurn({ ...q, waiting: shuffled })).toEqual(turn)
      }),
    )
  })

  it('still starts a run first when its priority rises', () => {
    fc.assert(
      fc.property(anyQueue, fc.integer({ min: 1, max: 20 }), (q, more) => {
        const first = started(q)
        const raised = q.waiting.map((r) => (r.number === first ? { ...r, priority: r.priority + more } : r))
        expect(started({ ...q, waiting: raised })).toBe(first)
      }),
    )
  })

  it('leaves a machine idle only when nothing fits or room is kept', () => {
    fc.assert(
      fc.property(anyQueue, (q) => {
        const able = q.waiting.filter(
          (r) => !r.held && (r.notBefore === null || r.notBefore <= q.now) && fits(r.needs, q.machine.free),
        )
        if (nextTurn(q).kind === 'none') expect(able).toEqual([])
      }),
    )
  })

  it('shares by weight while everybody has runs waiting, within one run each', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 5 })
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 200 }), (list, starts) => {
        const used = list.map(() => 0)
        let number = 0
        // the later an initiative, the longer its runs have waited: age alone must not bend the shares
        const runs = list.flatMap((_, i) =>
          Array.from({ length: starts }, () =>
            waiting(number++, { initiativeId: String(i), queuedAt: at(-50_000 * (i + 1)) }),
          ),
        )
        for (let s = 0; s < starts; s++) {
          const shares = new Map<string | null, FairShare>(
            list.map((weight, i) => [String(i), { weight, used: used[i]! }]),
          )
          const turn = nextTurn(queue(runs, { shares }))
          if (turn.kind !== 'start') throw new Error('nothing started')
          used[Number(turn.run.initiativeId)]! += 1
          runs.splice(runs.indexOf(turn.run), 1)
        }
        const total = list.reduce((sum, weight) => sum + weight, 0)
        list.forEach((weight, i) => {
          expect(Math.abs(used[i]! - (starts * weight) / total)).toBeLessThanOrEqual(list.length)
        })
      }),
      { numRuns: 60 },
    )
  })

  it('starves nothing: the least run has its turn under an endless stream of more urgent ones', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 50 }), (ahead, weight) => {
        const poor = waiting(0, { initiativeId: 'poor', priority: 0, queuedAt: at(0) })
        const bound = (ahead + 1) * defaultQueuePolicy.agingSeconds
        const used = { rich: 0, poor: 1 }
        for (let second = 0; second <= bound; second += 60) {
          const urgent = waiting(second + 1, { initiativeId: 'rich', priority: ahead, queuedAt: at(second) })
          const shares = new Map<string | null, FairShare>([
            ['rich', { weight, used: used.rich }],
            ['poor', { weight: 1, used: used.poor }],
          ])
          const turn = nextTurn(queue([poor, urgent], { shares, now: at(second) }))
          if (turn.kind === 'start' && turn.run.number === 0) return
          used.rich += 1
        }
        throw new Error('it starved')
      }),
    )
  })

  it('keeps room for a large run that has waited long enough, and lets small ones pass before', () => {
    const big = waiting(1, { needs: { ...one, cores: 8 }, priority: 1 })
    const small = waiting(2)
    const machine = { total: large, free: { ...large, cores: 4 } }
    expect(started(queue([big, small], { machine }))).toBe(2)
    const old = { ...big, queuedAt: at(-601) }
    expect(nextTurn(queue([old, small], { machine }))).toEqual({ kind: 'reserve', run: old })
    expect(started(queue([old, small], { machine: { total: large, free: large } }))).toBe(1)
  })

  it('passes by what no machine of this size can hold, and says why', () => {
    const huge = waiting(1, { needs: { ...one, cores: 64 }, queuedAt: at(-9999), priority: 9 })
    const q = queue([huge, waiting(2)])
    expect(started(q)).toBe(2)
    expect(whyWaiting(huge, q)).toMatchObject({ code: 'queue.never', values: { cores: 64, hasCores: 8 } })
    expect(whyWaiting(waiting(3, { held: true }), q).code).toBe('queue.approval')
    expect(whyWaiting(waiting(3, { notBefore: at(5) }), q).code).toBe('queue.later')
    expect(whyWaiting(q.waiting[1]!, q)).toMatchObject({ code: 'queue.turn' })
  })

  it('counts what is left and what a run takes away', () => {
    expect(roomLeft(large, [{ cores: 3, memoryBytes: 2 ** 33, gpus: 1 }, one])).toEqual({
      cores: 4,
      memoryBytes: 2 ** 33,
      gpus: 1,
    })
    expect(roomLeft(large, [{ cores: 99, memoryBytes: 0, gpus: 0 }]).cores).toBe(0)
    expect(shareOfMachine({ cores: 2, memoryBytes: 0, gpus: 2 }, large)).toBe(1)
    expect(shareOfMachine({ cores: 2, memoryBytes: 0, gpus: 0 }, large)).toBe(0.25)
  })
})
