/** @file A pool as a form holds it, and its capacities as a row shows them. */
import type { Pool } from '@capstan/api'
import { required, type Typed } from '../../ui/form/fields.ts'

export type PoolKind = Pool['kind']
export const poolKinds: readonly PoolKind[] = ['people', 'compute', 'cash']

export interface PoolFields {
  name: string
  kind: PoolKind
  unit: string
  /** Amounts for one period after the other, as they are written. */
  capacity: string
  rate: Typed
  /** Of the rate, where it is not the workspace's. */
  currency: string
  skill: string
  device: string
}

export const poolFields = (pool: Pool | null): PoolFields => ({
  name: pool?.name ?? '',
  kind: pool?.kind ?? 'people',
  unit: pool?.unit ?? unitOf('people', ''),
  capacity: pool?.capacity.join(', ') ?? '',
  rate: pool?.rate ?? '',
  currency: '',
  skill: pool?.skill ?? '',
  device: pool?.device ?? '',
})

/** What a kind is counted in as a rule; cash in nothing but the workspace's currency. */
export const unitOf = (kind: PoolKind, currency: string): string =>
  ({ people: 'day', compute: 'min', cash: currency })[kind]

/** What can be changed later; the capacity of people with a skill follows from the members. */
export const poolBody = ({ name, capacity, rate, skill, device }: PoolFields) => ({
  ...{ name, rate: required(rate), skill: skill.trim() || null, device: device.trim() || null },
  ...(skill.trim() ? {} : { capacity: amountsOf(capacity) }),
})

export const newPoolBody = (fields: PoolFields) => ({
  ...poolBody(fields),
  ...{ kind: fields.kind, unit: fields.unit },
  ...(fields.currency.trim() ? { currency: fields.currency.trim() } : {}),
})

/** Told apart by commas or spaces; what is no number is sent as none, and refused. */
const amountsOf = (written: string): number[] =>
  written
    .split(/[\s,，、;]+/)
    .filter(Boolean)
    .map(Number)

/** `[[40, 4], [20, 1]]` of 40, 40, 40, 40, 20: an amount and for how many periods it holds. */
export function spansOf(capacity: readonly number[]): [amount: number, periods: number][] {
  const spans: [number, number][] = []
  for (const amount of capacity) {
    const last = spans.at(-1)
    if (last?.[0] === amount) last[1]++
    else spans.push([amount, 1])
  }
  return spans
}
