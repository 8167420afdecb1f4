/** @file A small plan for tests: three initiatives, two pools, two key results, a risk and a mitigation. */
import fc from 'fast-check'
import type { Plan } from './plan.ts'
import type { Change } from './proposal.ts'

const points = [1, 2, 3, 4, 5].map((day) => ({
  at: `2026-01-0${day}T00:00:00.000Z`,
  value: 0.8 + 0.02 * day,
  standardError: 0.005,
  origin: 'measured' as const,
  evidence: { noun: 'evaluation' as const, id: `e${day}` },
}))

export const plan = (): Plan => ({
  at: '2026-01-06T00:00:00.000Z',
  cycle: { id: 'c1', number: 1, start: '2026-01-01T00:00:00.000Z', end: '2026-02-01T00:00:00.000Z' },
  turned: false,
  objectives: [{ id: 'o1', title: 'Read digits' }],
  keyResults: ['kr', 'blind'].map((id) => ({
    ...{ id, objectiveId: 'o1', name: id, unit: '1', direction: 'up' as const, scale: 'proportion' as const },
    ...{ baseline: 0.5, target: 0.92, due: '2026-02-01T00:00:00.000Z', points: id === 'kr' ? points : [] },
  })),
  initiatives: [
    initiative('a', 'funded', 10, 100),
    initiative('b', 'candidate', 8, 80),
    initiative('c', 'declined', 30, 300),
  ],
  pools: [
    { id: 'gpu', name: 'GPU', kind: 'compute', unit: 'h', capacity: [20, 5], rate: 2, skilled: false },
    {
      ...{ id: 'people', name: 'People', kind: 'people', unit: 'day', capacity: [10, 10] },
      ...{ rate: 500, skilled: true },
    },
  ],
  joint: [],
  doneBefore: [],
  begun: ['a'],
  allocation: {
    ...{ id: 'al', lambda: 0, seed: 1, chosen: [{ initiativeId: 'a', start: 0 }] },
    grants: [{ initiativeId: 'a', poolId: 'gpu', amount: 10 }],
  },
  used: { 'a gpu': 4 },
  tasks: [
    { id: 't1', initiativeId: 'a', assigneeId: 'mei', state: 'doing', estimateDays: 3 },
    { id: 't2', initiativeId: 'a', assigneeId: 'mei', state: 'done', estimateDays: 2 },
  ],
  risks: [
    {
      ...{ id: 'r', name: 'Leak', frequency: { alpha: 2, beta: 4 }, factor: 1 },
      loss: { kind: 'lognormal', low: 1000, high: 10_000 },
    },
  ],
  mitigations: [
    {
      ...{ id: 'm', name: 'Filter', riskId: 'r', frequencyFactor: 0.5, lossFactor: 1 },
      ...{ annualCost: 100, adopted: false },
    },
  ],
  toMeasure: [],
  toHire: [],
})

const initiative = (
  id: string,
  state: 'funded' | 'candidate' | 'declined',
  hours: number,
  worth: number,
): Plan['initiatives'][number] => ({
  ...{ id, name: id.toUpperCase(), state, chance: { alpha: 3, beta: 1 }, needs: { gpu: [hours] } },
  value: { low: worth, mode: worth, high: worth },
  ...{ earliest: 0, latest: 1, prerequisites: [], exclusions: [], estimatorId: 'mei' },
})

const idOf = (...ids: string[]) => fc.constantFrom(...ids, 'nobody')
const number = fc.oneof(
  fc.double({ min: -50, max: 50, noNaN: true }),
  fc.constantFrom(0, 1, 0.5, Number.NaN, Infinity),
)

/** Changes of every kind, sensible and not. */
export const anyChange: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant('change-target' as const), keyResultId: idOf('kr', 'blind'), to: number }),
  fc.record({
    kind: fc.constant('move-compute' as const),
    poolId: idOf('gpu', 'people'),
    fromInitiativeId: idOf('a', 'b'),
    toInitiativeId: idOf('a', 'b', 'c'),
    amount: number,
  }),
  fc.record({ kind: fc.constant('stop-initiative' as const), initiativeId: idOf('a', 'b', 'c') }),
  fc.record({
    kind: fc.constant('start-initiative' as const),
    initiativeId: idOf('a', 'b', 'c'),
    start: number,
  }),
  fc.record({
    kind: fc.constant('change-risk' as const),
    riskId: idOf('r'),
    to: fc.record({ alpha: number, beta: number }),
  }),
  fc.record({
    kind: fc.constant('change-chance' as const),
    initiativeId: idOf('a', 'b'),
    to: fc.record({ alpha: number, beta: number }),
  }),
  fc.record({
    kind: fc.constant('re-estimate' as const),
    initiativeId: idOf('a', 'b'),
    poolId: idOf('gpu', 'people'),
    to: number,
  }),
  fc.record({
    kind: fc.constant('re-base' as const),
    memberId: idOf('mei'),
    subject: fc.constantFrom('effort' as const, 'cost' as const),
    factor: number,
  }),
  fc.record({ kind: fc.constant('extend-pool' as const), poolId: idOf('gpu', 'people'), amount: number }),
  fc.record({ kind: fc.constant('adopt-mitigation' as const), mitigationId: idOf('m') }),
  fc.record({ kind: fc.constant('measure' as const), keyResultId: idOf('kr') }),
)
