/** @file A gate: the rules that a model version's measured values must meet before release. */
import { type Evidence, type Origin, quantity, type Scale } from '../measures/measure.ts'
import { type Message, message } from '../messages/message.ts'

/** `name`, `unit` and `scale` only serve its sentences. */
export type GateRule = {
  measureKey: string
  op: '>=' | '<='
  value: number
  name?: string
  unit?: string
  scale?: Scale
}

export type GateValue = { value: number; standardError?: number; origin: Origin; evidence: Evidence }

export type GateRuleResult = GateRule & {
  outcome: 'pass' | 'fail' | 'missing'
  measured: number | null
  /** How far on the good side, in the measure's unit; negative when it fails, null when missing. */
  margin: number | null
  evidence: Evidence | null
  message: Message
}

export type GateResult = { passed: boolean; rules: GateRuleResult[] }

/**
 * Checks every rule against the values by measure key. A value that is absent, not finite or not measured
 * counts as missing, and a gate without rules does not pass: an empty gate would let everything through.
 */
export const checkGate = (
  rules: readonly GateRule[],
  values: Readonly<Record<string, GateValue | undefined>>,
): GateResult => {
  const results = rules.map((rule) => checkRule(rule, values[rule.measureKey]))
  return { passed: results.length > 0 && results.every((rule) => rule.outcome === 'pass'), rules: results }
}

const checkRule = (rule: GateRule, found: GateValue | undefined): GateRuleResult => {
  const measure = rule.name ?? rule.measureKey
  if (found === undefined || !Number.isFinite(found.value))
    return {
      ...rule,
      outcome: 'missing',
      measured: null,
      margin: null,
      evidence: null,
      message: message('gate.missing', { measure }),
    }
  const margin = rule.op === '>=' ? found.value - rule.value : rule.value - found.value
  const shared = { ...rule, measured: found.value, margin, evidence: found.evidence }
  const values = {
    measure,
    value: quantity(found.value, rule),
    op: rule.op,
    limit: quantity(rule.value, rule),
  }
  if (found.origin !== 'measured')
    return { ...shared, outcome: 'missing', message: message('gate.notMeasured', { measure }) }
  return margin >= 0
    ? { ...shared, outcome: 'pass', message: message('gate.pass', values) }
    : { ...shared, outcome: 'fail', message: message('gate.fail', values) }
}
