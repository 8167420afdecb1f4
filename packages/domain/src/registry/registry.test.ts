/** @file Tests of stages and gates. */
import { describe, expect, it } from 'vitest'
import { checkGate, type GateValue } from './gate.ts'
import { stageRefusal } from './stage.ts'

const value = (found: number, origin: GateValue['origin'] = 'measured'): GateValue => ({
  value: found,
  origin,
  evidence: { noun: 'evaluation', id: 'e1' },
})

describe('gate', () => {
  const rules = [
    { measureKey: 'accuracy', op: '>=', value: 0.97, name: 'Accuracy', scale: 'proportion' },
    { measureKey: 'p95', op: '<=', value: 10, unit: 'ms' },
  ] as const

  it('passes when every rule is met by a measured value', () => {
    const { passed, rules: found } = checkGate(rules, { accuracy: value(0.98), p95: value(10) })
    expect(passed).toBe(true)
    expect(found.map(({ margin }) => margin)).toEqual([expect.closeTo(0.01, 12), 0])
    expect(found[0]!.message.values).toEqual({ measure: 'Accuracy', value: '98%', op: '>=', limit: '97%' })
  })

  it('fails, and tells what is missing or not measured', () => {
    const outcomes = (values: Record<string, GateValue>) =>
      checkGate(rules, values).rules.map(({ outcome, message }) => [outcome, message.code])
    expect(outcomes({ accuracy: value(0.96), p95: value(3, 'typed') })).toEqual([
      ['fail', 'gate.fail'],
      ['missing', 'gate.notMeasured'],
    ])
    expect(outcomes({ accuracy: value(Number.NaN) })).toEqual([
      ['missing', 'gate.missing'],
      ['missing', 'gate.missing'],
    ])
  })

  it('never passes without rules', () => {
    expect(checkGate([], {}).passed).toBe(false)
  })
})

describe('stages', () => {
  const gate = checkGate([{ measureKey: 'a', op: '>=', value: 1 }], { a: value(1) })
  const failed = checkGate([{ measureKey: 'a', op: '>=', value: 1 }], { a: value(0) })
  const code = (version: Parameters<typeof stageRefusal>[0], to: Parameters<typeof stageRefusal>[1]) =>
    stageRefusal(version, to)?.code ?? null

  it('reach production only through gate and approval', () => {
    const staging = { stage: 'staging', gate, approval: 'approved' } as const
    expect(code(staging, 'production')).toBeNull()
    expect(code({ ...staging, gate: null }, 'production')).toBe('registry.gate.unchecked')
    expect(code({ ...staging, gate: failed }, 'production')).toBe('registry.gate.notMet')
    expect(code({ ...staging, approval: 'open' }, 'production')).toBe('registry.notApproved')
    expect(code({ ...staging, stage: 'candidate' }, 'production')).toBe('registry.move')
    expect(code({ stage: 'candidate', gate: null, approval: null }, 'staging')).toBeNull()
  })
})
