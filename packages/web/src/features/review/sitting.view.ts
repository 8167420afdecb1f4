/** @file One sitting over a review: what people chose so far, the numbers they changed, and what that asks of the server. */
import type { ChangeEdit, PlanChange, PlanWhatIf, Proposal, TrackRecord } from '@capstan/api'

export type Choice = 'accept' | 'reject' | 'open'

export interface Chosen {
  choice: Choice
  /** As typed; empty keeps what was proposed. */
  number: string
}
export type Sitting = Readonly<Record<string, Chosen>>

export const untouched: Chosen = { choice: 'open', number: '' }

type Field = keyof ChangeEdit

/** The number of a change that people may set, in the unit that they think in. */
export function numberOf(change: PlanChange): { field: Field; value: number } | null {
  switch (change.kind) {
    case 'change-target':
    case 're-estimate':
      return { field: 'to', value: change.to }
    case 'change-risk':
      return { field: 'to', value: 'rate' in change.to ? change.to.rate : change.to.alpha / change.to.beta }
    case 'change-chance':
      return { field: 'to', value: change.to.alpha / (change.to.alpha + change.to.beta) }
    case 'move-compute':
    case 'extend-pool':
      return { field: 'amount', value: change.amount }
    case 'start-initiative':
      return { field: 'start', value: change.start }
    case 're-base':
      return { field: 'factor', value: change.factor }
    default:
      return null
  }
}

/** Other numbers than the proposed ones; null when what was typed is no number. */
export function editOf(change: PlanChange, typed: string): ChangeEdit | undefined | null {
  const known = numberOf(change)
  if (!known || typed.trim() === '') return undefined
  const number = Number(typed)
  if (!Number.isFinite(number)) return null
  return number === known.value ? undefined : { [known.field]: number }
}

const openOf = (proposals: readonly Proposal[]) => proposals.filter(({ state }) => state === 'open')

/** What a what-if is asked: the accepted ones with their numbers; null while a number is wrong. */
export function askedOf(proposals: readonly Proposal[], sitting: Sitting) {
  const asked: { id: string; edit?: ChangeEdit }[] = []
  for (const { id, change } of openOf(proposals)) {
    const { choice, number } = sitting[id] ?? untouched
    if (choice !== 'accept') continue
    const edit = editOf(change, number)
    if (edit === null) return null
    asked.push({ id, ...(edit ? { edit } : {}) })
  }
  return asked
}

/** What is decided at once: everything that was accepted or rejected. */
export function decisionsOf(proposals: readonly Proposal[], sitting: Sitting, note: string) {
  const asked = askedOf(proposals, sitting)
  if (!asked) return null
  return [
    ...asked.map(({ id, ...rest }) => ({ proposalId: id, decision: 'accept' as const, note, ...rest })),
    ...openOf(proposals)
      .filter(({ id }) => sitting[id]?.choice === 'reject')
      .map(({ id }) => ({ proposalId: id, decision: 'reject' as const, note })),
  ]
}

export interface Difference {
  key: string
  kind: 'objective' | 'keyResult' | 'initiative' | 'pool' | 'risk' | 'value' | 'loss'
  name: string
  before: number | null
  after: number | null
}

/** The numbers of a plan that a what-if moves. */
export function differencesOf({ before, after }: PlanWhatIf): Difference[] {
  const rows: Difference[] = []
  const add = <T extends { id: string }>(
    kind: Difference['kind'],
    then: readonly T[],
    now: readonly T[],
    read: (item: T) => [string, number | null],
  ) => {
    for (const item of now) {
      const old = then.find(({ id }) => id === item.id)
      const [name, value] = read(item)
      const earlier = old ? read(old)[1] : null
      if (value !== earlier)
        rows.push({ key: `${kind} ${item.id}`, kind, name, before: earlier, after: value })
    }
  }
  add('objective', before.objectives, after.objectives, ({ title, chance }) => [title, chance])
  add('keyResult', before.keyResults, after.keyResults, ({ name, chance }) => [name, chance])
  add('initiative', before.initiatives, after.initiatives, ({ name, chance }) => [name, chance])
  add('pool', before.pools, after.pools, ({ name, capacity, granted }) => [name, capacity - granted])
  add('risk', before.risks, after.risks, ({ name, ale }) => [name, ale])
  const whole = (kind: 'value' | 'loss', then: number, now: number) => {
    if (then !== now) rows.push({ key: kind, kind, name: '', before: then, after: now })
  }
  whole('value', before.expectedValue, after.expectedValue)
  whole('loss', before.ale, after.ale)
  return rows
}

export const scores = ['brier', 'crps', 'coverage', 'estimates', 'budget', 'value'] as const
export type Score = (typeof scores)[number]

export interface TurnPoint {
  turn: number
  name: string
  closed: boolean
  value: number
  /** 80 % interval, where the number has one. */
  low: number | null
  high: number | null
  count: number | null
}

type Read = (turn: TrackRecord['turns'][number]) => {
  value: number
  low?: number | null
  high?: number | null
  count?: number
} | null

const scored = (score: { mean: number; count: number } | null) =>
  score && { value: score.mean, count: score.count }

/** Errors as shares, factors as they are. */
const readings: Record<Score, Read> = {
  brier: ({ brier }) => scored(brier),
  crps: ({ crps }) => scored(crps),
  coverage: ({ coverage }) => coverage && { ...coverage, value: coverage.share },
  estimates: ({ estimates }) => estimates && { ...estimates, value: estimates.factor },
  budget: ({ budget }) => budget && { value: budget.error },
  value: ({ value }) => (value && value.predicted > 0 ? { value: value.came / value.predicted - 1 } : null),
}

/** Each turn's number for a score, where it has one. */
export const pointsOf = ({ turns }: TrackRecord, score: Score): TurnPoint[] =>
  turns.flatMap((turn) => {
    const read = readings[score](turn)
    if (!read) return []
    const { value, low = null, high = null, count = null } = read
    return [{ turn: turn.number, name: turn.name, closed: turn.closed, value, low, high, count }]
  })

/** What a perfect forecaster would show. */
export const ideal = {
  brier: 0,
  crps: 0,
  coverage: 0.8,
  estimates: 1,
  budget: 0,
  value: 0,
} as const satisfies Record<Score, number>
