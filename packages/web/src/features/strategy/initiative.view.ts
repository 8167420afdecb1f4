/** @file An initiative as a form holds it, and what the server is sent of it. */
import type { Initiative } from '@capstan/api'
import { numberOf, percentOf, required, shareOf, type Typed } from '../../ui/form/fields.ts'
import { emptyRange, type RangeFields, rangeOf } from './market.view.ts'

export interface InitiativeFields {
  name: string
  summary: string
  cycleId: string
  value: RangeFields
  /** 80 % interval of the chance, in percent; empty keeps the belief that there is. */
  chanceLow: Typed
  chanceHigh: Typed
  /** Amounts for one period after the other, as they are written. */
  needs: { poolId: string; amounts: string }[]
  /** Periods in which it may begin, the first is 1. */
  earliest: Typed
  latest: Typed
  prerequisites: string[]
  exclusions: string[]
  serves: string[]
  segmentId: string
  estimatorId: string
  reach: Typed
  impact: Typed
  confidence: Typed
  wsjfValue: Typed
  urgency: Typed
  riskReduction: Typed
  size: Typed
}

export const initiativeFields = (initiative: Initiative | null): InitiativeFields => ({
  name: initiative?.name ?? '',
  summary: initiative?.summary ?? '',
  cycleId: initiative?.cycleId ?? '',
  value: initiative?.value ?? emptyRange,
  ...{ chanceLow: '', chanceHigh: '' },
  needs: Object.entries(initiative?.needs ?? {}).map(([poolId, amounts]) => ({
    ...{ poolId, amounts: amounts.join(', ') },
  })),
  earliest: (initiative?.earliest ?? 0) + 1,
  latest: initiative ? initiative.latest + 1 : '',
  prerequisites: initiative?.prerequisites ?? [],
  exclusions: initiative?.exclusions ?? [],
  serves: initiative?.serves ?? [],
  segmentId: initiative?.segmentId ?? '',
  estimatorId: initiative?.estimatorId ?? '',
  ...riceFields(initiative?.rice ?? null),
  ...wsjfFields(initiative?.wsjf ?? null),
})

const riceFields = (rice: Initiative['rice']) => ({
  reach: (rice?.reach ?? '') as Typed,
  impact: (rice?.impact ?? '') as Typed,
  confidence: (rice ? percentOf(rice.confidence) : '') as Typed,
})

const wsjfFields = (wsjf: Initiative['wsjf']) => ({
  wsjfValue: (wsjf?.value ?? '') as Typed,
  urgency: (wsjf?.urgency ?? '') as Typed,
  riskReduction: (wsjf?.riskReduction ?? '') as Typed,
  size: (wsjf?.size ?? '') as Typed,
})

export function initiativeBody(fields: InitiativeFields) {
  const { name, summary, chanceLow, chanceHigh, latest } = fields
  const [low, high] = [numberOf(chanceLow), numberOf(chanceHigh)]
  return {
    ...{ name, summary, value: rangeOf(fields.value), needs: needsOf(fields.needs) },
    ...(low === null && high === null
      ? {}
      : { belief: { low: shareOf(low ?? Number.NaN), high: shareOf(high ?? Number.NaN) } }),
    earliest: required(fields.earliest) - 1,
    ...(numberOf(latest) === null ? {} : { latest: required(latest) - 1 }),
    ...{ prerequisites: fields.prerequisites, exclusions: fields.exclusions, serves: fields.serves },
    ...{ segmentId: fields.segmentId || null, estimatorId: fields.estimatorId || null },
    ...{ rice: riceOf(fields), wsjf: wsjfOf(fields) },
  }
}

/** Amounts are told apart by commas or spaces; what is no number is sent as none, and refused. */
const needsOf = (needs: InitiativeFields['needs']): Record<string, number[]> =>
  Object.fromEntries(
    needs.map(({ poolId, amounts }) => [
      poolId,
      amounts
        .split(/[\s,，、;]+/)
        .filter(Boolean)
        .map(Number),
    ]),
  )

function riceOf({ reach, impact, confidence }: InitiativeFields) {
  const [a, b, c] = [numberOf(reach), numberOf(impact), numberOf(confidence)]
  return a === null || b === null || c === null ? null : { reach: a, impact: b, confidence: shareOf(c) }
}

function wsjfOf({ wsjfValue, urgency, riskReduction, size }: InitiativeFields) {
  const [a, b, c, d] = [numberOf(wsjfValue), numberOf(urgency), numberOf(riskReduction), numberOf(size)]
  return a === null || b === null || c === null || d === null
    ? null
    : { value: a, urgency: b, riskReduction: c, size: d }
}
