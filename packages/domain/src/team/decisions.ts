/** @file Decisions: what they may rest on, and how well they turned out to know. */
import { type Message, message } from '../messages/message.ts'
import { brier, crps } from '../review/scores.ts'

/** A chance that something is met, or an 80 % interval of a value (10 % and 90 %). */
export type Expectation = { chance?: number | undefined; low?: number | undefined; high?: number | undefined }

export type DecisionOutcome = { met?: boolean | undefined; value?: number | undefined }

export type ScoredDecision = { rule: 'brier' | 'crps'; value: number }

/** Why a decision may not be recorded as it is; null when it may. */
export const decisionRefusal = (decision: {
  options: readonly string[]
  chosen: string
  expectation: Expectation | null
}): Message | null => {
  const { options, chosen, expectation } = decision
  if (new Set(options).size < options.length) return message('decision.options', {})
  if (!options.includes(chosen)) return message('decision.chosen', { chosen, options: options.join(', ') })
  if (!expectation) return null
  const { chance, low, high } = expectation
  const interval = low !== undefined || high !== undefined
  if ((chance === undefined) === !interval) return message('decision.expectation', {})
  if (interval && !(low !== undefined && high !== undefined && low <= high))
    return message('decision.interval', {})
  return null
}

/**
 * Brier score of a chance, CRPS of an interval; 0 is perfect, smaller is better.
 * @returns why the outcome does not answer what was expected, otherwise the score (null where nothing was expected)
 */
export const scoreDecision = (
  expectation: Expectation | null,
  { met, value }: DecisionOutcome,
): { refusal: Message } | { score: ScoredDecision | null } => {
  if ((met === undefined) === (value === undefined)) return { refusal: message('decision.outcome.one', {}) }
  if (expectation === null) return { score: null }
  const { chance, low, high } = expectation
  if (chance !== undefined)
    return met === undefined
      ? { refusal: message('decision.outcome.met', {}) }
      : { score: { rule: 'brier', value: brier(chance, met) } }
  if (low === undefined || high === undefined) return { score: null }
  if (value === undefined) return { refusal: message('decision.outcome.value', {}) }
  const quantiles = [
    { p: 0.1, value: low },
    { p: 0.5, value: (low + high) / 2 },
    { p: 0.9, value: high },
  ]
  return { score: { rule: 'crps', value: crps(quantiles, value) } }
}
