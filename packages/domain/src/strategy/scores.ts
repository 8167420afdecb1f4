/** @file Two common scores for ordering initiatives, beside their quantified value. */

/** reach x impact x confidence / effort; null without effort. */
export const rice = (input: {
  reach: number
  impact: number
  confidence: number
  effort: number
}): number | null =>
  input.effort > 0 ? (input.reach * input.impact * input.confidence) / input.effort : null

/** (value + urgency + risk reduction) / size; null without size. */
export const wsjf = (input: {
  value: number
  urgency: number
  riskReduction: number
  size: number
}): number | null =>
  input.size > 0 ? (input.value + input.urgency + input.riskReduction) / input.size : null
