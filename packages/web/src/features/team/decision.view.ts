/** @file A decision as a form holds it, and what its expectation makes of its outcome. */
import type { Decision, KeyResultView } from '@capstan/api'
import type { BodyOf } from '../../server/client.ts'
import { required, shareOf, type Typed } from '../../ui/form/fields.ts'

export const groundsOf = ['nothing', 'forecast', 'chance', 'interval'] as const
export type Grounds = (typeof groundsOf)[number]

export interface DecisionFields {
  title: string
  options: string[]
  /** Place of the chosen one among the options. */
  chosen: number
  reason: string
  grounds: Grounds
  keyResultId: string
  measureId: string
  percent: Typed
  low: Typed
  high: Typed
  decidedBy: string
}

export const decisionFields = (): DecisionFields => ({
  ...{ title: '', options: ['', ''], chosen: 0, reason: '', grounds: 'nothing' },
  ...{ keyResultId: '', measureId: '', percent: '', low: '', high: '', decidedBy: '' },
})

export const decisionBody = (
  fields: DecisionFields,
  defaults: { keyResultId: string; measureId: string; decidedBy: string },
): BodyOf<'team', 'decide'> => {
  const { title, options, chosen, reason, grounds } = fields
  const keyResultId = fields.keyResultId || defaults.keyResultId
  const expectation = {
    nothing: null,
    forecast: { keyResultId },
    chance: {
      ...(fields.keyResultId ? { keyResultId: fields.keyResultId } : {}),
      chance: shareOf(required(fields.percent)),
    },
    interval: {
      ...(fields.measureId || defaults.measureId
        ? { measureId: fields.measureId || defaults.measureId }
        : {}),
      ...{ low: required(fields.low), high: required(fields.high) },
    },
  }[grounds]
  return {
    ...{ title, options: options.map((option) => option.trim()), reason, expectation },
    ...{ chosen: options[chosen]?.trim() ?? '', decidedBy: fields.decidedBy || defaults.decidedBy },
  }
}

/** Without one of the options, which leaves the choice with what was chosen, or with the first. */
export const withoutOption = (
  { options, chosen }: Pick<DecisionFields, 'options' | 'chosen'>,
  at: number,
) => ({
  options: options.filter((_, i) => i !== at),
  chosen: chosen === at ? 0 : chosen > at ? chosen - 1 : chosen,
})

/** Key results that have a forecast to rest on. */
export const forecastable = (keyResults: readonly KeyResultView[]) =>
  keyResults.filter(({ forecast }) => forecast.chance !== null)

/** An outcome is a number where an interval was expected, otherwise whether it was met. */
export const outcomeKind = ({ expectation }: Pick<Decision, 'expectation'>): 'met' | 'value' =>
  expectation?.low === undefined ? 'met' : 'value'

/** Whether somebody may say how it turned out: it holds, and nobody has said so yet. */
export const awaitsOutcome = ({ state, outcome }: Pick<Decision, 'state' | 'outcome'>): boolean =>
  outcome === null && state !== 'proposed' && state !== 'rejected'
