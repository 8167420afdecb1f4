/** @file Laws of deciding: events replay to the plan, a refusal or a rejection changes nothing, all or none. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { applyChange, changeRefusal, inOrder } from './apply.ts'
import {
  type DecidedPlan,
  decidePlan,
  learn,
  type OpensCycle,
  type PlanEvent,
  replayPlan,
} from './decision.ts'
import { anyChange, plan } from './plan.fixture.ts'
import { type Plan, turnOver } from './plan.ts'
import type { Change } from './proposal.ts'

/** One sitting of people over a review: which of its proposals they accept, and whether the cycle turns. */
type Sitting = { proposals: { change: Change; accept: boolean }[]; opens: OpensCycle; belief: number }

const sittings: fc.Arbitrary<Sitting[]> = fc.array(
  fc.record({
    proposals: fc.array(fc.record({ change: anyChange, accept: fc.boolean() }), { maxLength: 6 }),
    opens: fc.constantFrom('next' as const, 'same' as const),
    belief: fc.double({ min: 0.1, max: 9, noNaN: true }),
  }),
  { maxLength: 5 },
)

const acceptedOf = ({ proposals }: Sitting) =>
  proposals.filter(({ accept }) => accept).map(({ change }) => change)

/** Plays sittings as the server does: what is refused leaves plan and log as they were. */
const play = (all: readonly Sitting[]): DecidedPlan => {
  let now: DecidedPlan = { plan: plan(), events: [] }
  const keep = ({ plan, events }: DecidedPlan) => {
    now = { plan, events: [...now.events, ...events] }
  }
  for (const [i, sitting] of all.entries()) {
    keep(learn(now.plan, 'a', { alpha: sitting.belief, beta: 1 }))
    const at = new Date(Date.parse(now.plan.at) + (i + 1) * 86_400_000).toISOString()
    const decided = decidePlan({ ...now.plan, at }, acceptedOf(sitting), sitting.opens)
    if (decided.ok) keep(decided.value)
  }
  return now
}

/** When it was looked at is no part of what was decided. */
const timeless = ({ at: _, ...rest }: Plan) => rest

it('the events of any number of reviews, kept and read again, replay to the same plan', () => {
  fc.assert(
    fc.property(sittings, (all) => {
      const { plan: made, events } = play(all)
      const kept: PlanEvent[] = JSON.parse(JSON.stringify(events))
      expect(timeless(replayPlan(plan(), kept))).toEqual(timeless(made))
    }),
    { numRuns: 300 },
  )
})

it('a rejected proposal changes nothing: the plan is the one without it', () => {
  fc.assert(
    fc.property(sittings, (all) => {
      const without = all.map((sitting) => ({
        ...sitting,
        proposals: sitting.proposals.filter(({ accept }) => accept),
      }))
      expect(play(all)).toEqual(play(without))
    }),
  )
})

it('all are made or none, in whatever order they are accepted', () => {
  fc.assert(
    fc.property(
      fc
        .uniqueArray(anyChange, { maxLength: 5, selector: ({ kind }) => kind })
        .chain((changes) =>
          fc.tuple(
            fc.constant(changes),
            fc.shuffledSubarray(changes, { minLength: changes.length, maxLength: changes.length }),
          ),
        ),
      ([changes, shuffled]) => {
        const before = JSON.stringify(plan())
        const start = plan()
        const one = decidePlan(start, changes, 'same')
        expect(JSON.stringify(start)).toBe(before)
        const other = decidePlan(start, shuffled, 'same')
        expect(other.ok).toBe(one.ok)
        if (one.ok && other.ok) expect(other.value.plan).toEqual(one.value.plan)
        const refusable = inOrder(changes.map((change) => ({ change }))).reduce<Plan | null>(
          (now, { change }) => (now && !changeRefusal(now, change) ? applyChange(now, change) : null),
          start,
        )
        expect(one.ok).toBe(refusable !== null)
      },
    ),
  )
})

it('the cycle turns before the changes are made, and too many are refused whole', () => {
  const decided = decidePlan(plan(), [{ kind: 'stop-initiative', initiativeId: 'a' }], 'next')
  expect(decided.ok && decided.value.events.map(({ kind }) => kind)).toEqual(['turned', 'changed'])
  expect(decided.ok && decided.value.plan.cycle).toEqual(turnOver(plan()).cycle)
  const many = Array.from({ length: 501 }, () => ({ kind: 'measure' as const, keyResultId: 'kr' }))
  expect(decidePlan(plan(), many, 'same')).toMatchObject({
    ok: false,
    refusal: { code: 'change.tooMany', values: { found: 501 } },
  })
})
