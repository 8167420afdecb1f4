/** @file A risk as a form holds it, and what the server is sent of it. */
import type { Risk } from '@capstan/api'
import type { BodyOf } from '../../server/client.ts'
import { percentOf, required, shareOf, type Typed } from '../../ui/form/fields.ts'

export const frequencyKinds = ['range', 'rate', 'belief'] as const
export const lossKinds = ['lognormal', 'pert', 'fixed'] as const

export interface RiskFields {
  name: string
  description: string
  reasons: string[]
  often: (typeof frequencyKinds)[number]
  /** Events a year: the ends of an interval, a known number, or shape and rate of a belief. */
  oftenLow: Typed
  oftenHigh: Typed
  rate: Typed
  alpha: Typed
  beta: Typed
  loss: (typeof lossKinds)[number]
  lossLow: Typed
  lossMode: Typed
  lossHigh: Typed
  treatment: Risk['treatment']
  ownerId: string
  commonPercent: Typed
  causes: { causeId: string; percent: Typed }[]
  triggers: { riskId: string; percent: Typed }[]
}

export const riskFields = (risk: Risk | null): RiskFields => ({
  name: risk?.name ?? '',
  description: risk?.description ?? '',
  reasons: risk?.reasons ?? [],
  ...oftenFields(risk),
  ...lossFields(risk?.loss ?? null),
  treatment: risk?.treatment ?? 'reduce',
  ownerId: risk?.ownerId ?? '',
  commonPercent: percentOf(risk?.commonCause ?? 0),
  causes: (risk?.causes ?? []).map(({ causeId, weight }) => ({ causeId, percent: percentOf(weight) })),
  triggers: (risk?.triggeredBy ?? []).map(({ riskId, chance }) => ({ riskId, percent: percentOf(chance) })),
})

type Often = Pick<RiskFields, 'often' | 'oftenLow' | 'oftenHigh' | 'rate' | 'alpha' | 'beta'>

function oftenFields(risk: Risk | null): Often {
  const empty: Often = { often: 'range', oftenLow: '', oftenHigh: '', rate: '', alpha: '', beta: '' }
  if (!risk) return empty
  const { frequencyRange: range, frequency } = risk
  if (range) return { ...empty, oftenLow: range.low, oftenHigh: range.high }
  if ('rate' in frequency) return { ...empty, often: 'rate', rate: frequency.rate }
  return { ...empty, ...frequency, often: 'belief' }
}

type Losses = Pick<RiskFields, 'loss' | 'lossLow' | 'lossMode' | 'lossHigh'>

function lossFields(loss: Risk['loss'] | null): Losses {
  if (!loss) return { loss: 'lognormal', lossLow: '', lossMode: '', lossHigh: '' }
  if (loss.kind === 'fixed') return { loss: 'fixed', lossLow: '', lossMode: loss.amount, lossHigh: '' }
  if (loss.kind === 'pert')
    return { loss: 'pert', lossLow: loss.min, lossMode: loss.mode, lossHigh: loss.max }
  return { loss: 'lognormal', lossLow: loss.low, lossMode: '', lossHigh: loss.high }
}

/** @param before the risk that is changed: a form of its loss that the fields do not show is kept */
export function riskBody(fields: RiskFields, before: Risk | null): BodyOf<'risk', 'create'> {
  const { name, description, reasons, treatment, ownerId } = fields
  return {
    ...{ name, description, reasons, treatment, ownerId: ownerId || null },
    ...{ frequency: frequencyOf(fields), loss: lossOf(fields, before) },
    commonCause: shareOf(required(fields.commonPercent)),
    causes: fields.causes.map(({ causeId, percent }) => ({ causeId, weight: shareOf(required(percent)) })),
    triggeredBy: fields.triggers.map(({ riskId, percent }) => ({
      ...{ riskId, chance: shareOf(required(percent)) },
    })),
  }
}

function frequencyOf({ often, oftenLow, oftenHigh, rate, alpha, beta }: RiskFields) {
  if (often === 'rate') return { rate: required(rate) }
  if (often === 'belief') return { alpha: required(alpha), beta: required(beta) }
  return { low: required(oftenLow), high: required(oftenHigh) }
}

function lossOf({ loss, lossLow, lossMode, lossHigh }: RiskFields, before: Risk | null): Risk['loss'] {
  if (loss === 'fixed') return { kind: loss, amount: required(lossMode) }
  if (loss === 'lognormal') return { kind: loss, low: required(lossLow), high: required(lossHigh) }
  const gamma = before?.loss.kind === 'pert' ? before.loss.gamma : undefined
  return {
    ...{ kind: loss, min: required(lossLow), mode: required(lossMode), max: required(lossHigh) },
    ...(gamma === undefined ? {} : { gamma }),
  }
}
