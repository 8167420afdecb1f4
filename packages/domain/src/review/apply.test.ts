/** @file Tests of changes of a plan: each kind, refusals, and laws that hold for any sequence of them. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { render } from '../messages/render.ts'
import { applyChange, changeRefusal } from './apply.ts'
import { basisOf, rebasis, whatChanged } from './basis.ts'
import { decidePlan } from './decision.ts'
import { editable, editChange } from './edit.ts'
import { effectsOn } from './effect.ts'
import { outlook } from './outlook.ts'
import { anyChange, plan } from './plan.fixture.ts'
import { freeOf, type Plan, turnOver } from './plan.ts'
import type { Change } from './proposal.ts'
import { whatIf } from './what-if.ts'

const made = (change: Change, from: Plan = plan()): Plan => {
  expect(changeRefusal(from, change)).toBeNull()
  return applyChange(from, change)
}
const saidOf = (change: Change) => render(changeRefusal(plan(), change)!, 'en')

describe('changes', () => {
  it('move what is not used yet, and fund whoever gets it', () => {
    const move = { kind: 'move-compute', poolId: 'gpu', fromInitiativeId: 'a', toInitiativeId: 'b' } as const
    const after = made({ ...move, amount: 6 })
    expect(after.allocation!.grants).toEqual([
      { initiativeId: 'a', poolId: 'gpu', amount: 4 },
      { initiativeId: 'b', poolId: 'gpu', amount: 6 },
    ])
    expect(after.initiatives[1]!.state).toBe('funded')
    expect(saidOf({ ...move, amount: 6.1 })).toBe(
      '6.1 h of GPU cannot be moved from A: 6 h can be moved, and the amount must be above 0.',
    )
  })

  it('start only what the pools have room for', () => {
    expect(saidOf({ kind: 'start-initiative', initiativeId: 'c', start: 0 })).toBe(
      'C needs 30 h of GPU, and 15 are free. Stop or move something first, or extend the pool.',
    )
    const after = made({ kind: 'start-initiative', initiativeId: 'b', start: 1 })
    expect(freeOf(after, 'gpu')).toBe(7)
    expect(after.allocation!.chosen).toContainEqual({ initiativeId: 'b', start: 1 })
  })

  it('extending first makes room in the same set', () => {
    const changes: Change[] = [
      { kind: 'start-initiative', initiativeId: 'c', start: 0 },
      { kind: 'extend-pool', poolId: 'gpu', amount: 8 },
    ]
    const found = decidePlan(plan(), changes, 'same')
    expect(found.ok && found.value.plan.initiatives[2]!.state).toBe('funded')
  })

  it('one refused refuses all', () => {
    const found = decidePlan(
      plan(),
      [
        { kind: 'stop-initiative', initiativeId: 'a' },
        { kind: 'change-target', keyResultId: 'kr', to: 2 },
      ],
      'same',
    )
    expect(found).toMatchObject({ ok: false, refusal: { code: 'change.share' } })
  })

  it('re-base the open estimates of one person, and only those', () => {
    const effort = made({ kind: 're-base', memberId: 'mei', subject: 'effort', factor: 2 })
    expect(effort.tasks.map(({ estimateDays }) => estimateDays)).toEqual([6, 2])
    const cost = made({ kind: 're-base', memberId: 'mei', subject: 'cost', factor: 2 })
    expect(cost.initiatives.map(({ needs }) => needs.gpu)).toEqual([[20], [16], [60]])
  })

  it('what an ended initiative held is moved from its pool', () => {
    const ended = { ...plan(), tasks: plan().tasks.map((task) => ({ ...task, state: 'done' as const })) }
    const next = turnOver(ended)
    expect(next.initiatives[0]!.state).toBe('done')
    expect(next.allocation!.grants).toEqual([])
    expect(freeOf(next, 'gpu')).toBe(25)
    const moved = made(
      { kind: 'move-compute', poolId: 'gpu', fromInitiativeId: 'a', toInitiativeId: 'b', amount: 6 },
      next,
    )
    expect(moved.allocation!.grants).toEqual([{ initiativeId: 'b', poolId: 'gpu', amount: 6 }])
  })
})

describe('laws', () => {
  it('a refused change changes nothing, and one that is made keeps the plan sound', () => {
    fc.assert(
      fc.property(fc.array(anyChange, { maxLength: 12 }), (changes) => {
        let now = plan()
        for (const change of changes) {
          const before = JSON.stringify(now)
          const refusal = changeRefusal(now, change)
          expect(JSON.stringify(now)).toBe(before)
          if (refusal) {
            expect(render(refusal, 'en')).not.toMatch(/[{}]|undefined/)
            continue
          }
          const next = applyChange(now, change)
          expect(JSON.stringify(now)).toBe(before)
          now = next
        }
        expect(JSON.stringify(now)).not.toContain('null,null')
        for (const { amount } of now.allocation!.grants) expect(amount).toBeGreaterThanOrEqual(0)
        for (const { capacity } of now.pools) for (const c of capacity) expect(c).toBeGreaterThanOrEqual(0)
        for (const { id } of now.pools) expect(freeOf(now, id)).toBeGreaterThan(-1e-6)
        for (const { target } of now.keyResults) expect(target >= 0 && target <= 1).toBe(true)
      }),
    )
  })

  it('a mitigation never raises the expected loss, a stop never the expected value', () => {
    const before = outlook(plan())
    const after = outlook(made({ kind: 'adopt-mitigation', mitigationId: 'm' }))
    expect(after.ale).toBeCloseTo(before.ale / 2, 9)
    const stopped = outlook(made({ kind: 'stop-initiative', initiativeId: 'a' }))
    expect(stopped.expectedValue).toBeLessThan(before.expectedValue)
  })
})

describe('basis', () => {
  it('notices what changed since, names it, and lets through what the same review changed', () => {
    const change: Change = { kind: 'change-target', keyResultId: 'kr', from: 0.92, to: 0.95 }
    const basis = basisOf(plan(), change)
    expect(whatChanged(basis, plan(), change)).toEqual([])
    const other = made({ kind: 'change-target', keyResultId: 'kr', to: 0.9 })
    const [said] = whatChanged(basis, other, change)
    expect(render(said!, 'en')).toBe('kr: the target was 0.92 and is now 0.9.')
    expect(whatChanged(rebasis(basis, plan(), other, change), other, change)).toEqual([])
    // what was stale already stays stale
    const later = made({ kind: 'change-target', keyResultId: 'kr', to: 0.93 }, other)
    expect(whatChanged(rebasis(basis, other, later, change), later, change)).toHaveLength(1)
  })

  it('every kind of change stands on the plan it was made from', () => {
    fc.assert(
      fc.property(anyChange, (change) => {
        expect(whatChanged(basisOf(plan(), change), plan(), change)).toEqual([])
      }),
    )
  })
})

describe('edits', () => {
  it('take the numbers of their kind alone', () => {
    const change: Change = { kind: 'extend-pool', poolId: 'gpu', amount: 4 }
    expect(editChange(change, { amount: 2 })).toEqual({ ok: true, value: { ...change, amount: 2 } })
    expect(editChange(change, { to: 2 })).toMatchObject({
      ok: false,
      refusal: { code: 'change.otherNumbers' },
    })
    const stop = editChange({ kind: 'stop-initiative', initiativeId: 'a' }, { to: 1 })
    expect(stop).toMatchObject({ ok: false, refusal: { code: 'change.noNumbers' } })
    expect(editable['re-base']).toEqual(['factor'])
  })

  it('a frequency and a chance keep their width', () => {
    const risk = editChange({ kind: 'change-risk', riskId: 'r', to: { alpha: 2, beta: 4 } }, { to: 1 })
    expect(risk).toMatchObject({ value: { to: { alpha: 2, beta: 2 } } })
    const chance = editChange(
      { kind: 'change-chance', initiativeId: 'a', to: { alpha: 3, beta: 1 } },
      { to: 0.5 },
    )
    expect(chance).toMatchObject({ value: { to: { alpha: 2, beta: 2 } } })
  })
})

describe('effects', () => {
  it('forecast where history decides, model where beliefs do, and say which', () => {
    const effectOf = effectsOn({ ...plan(), keyResults: plan().keyResults.slice(0, 1) })
    const easier = effectOf({ kind: 'change-target', keyResultId: 'kr', to: 0.7 })!
    expect(easier.basis).toBe('forecast')
    expect(easier.objectives[0]!.after).toBeGreaterThan(easier.objectives[0]!.before!)
    const more = effectOf({ kind: 'start-initiative', initiativeId: 'b', start: 0 })!
    expect(more.basis).toBe('model')
    const { before, after } = more.objectives[0]!
    expect(after).toBeCloseTo(1 - (1 - before!) * 0.25, 12)
    const fewer = effectOf({ kind: 'stop-initiative', initiativeId: 'a' })!
    expect(fewer.basis).toBe('model')
    // the measure rises, so standing still is worse
    expect(fewer.objectives[0]!.after).toBeLessThan(before!)
    expect(effectOf({ kind: 'stop-initiative', initiativeId: 'nobody' })).toBeNull()
  })

  it('a what-if tells the state and leaves the plan alone', async () => {
    const now = plan()
    const before = JSON.stringify(now)
    const found = await whatIf(now, [{ kind: 'stop-initiative', initiativeId: 'a' }], 'next')
    expect(JSON.stringify(now)).toBe(before)
    expect(found.ok && found.value.after).toMatchObject({
      cycle: { number: 2 },
      budgets: [],
      expectedValue: 0,
    })
    expect(await whatIf(now, [{ kind: 'measure', keyResultId: 'no' }], 'same')).toMatchObject({ ok: false })
  })
})
