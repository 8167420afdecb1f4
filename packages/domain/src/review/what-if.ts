/** @file What a set of changes would make of the plan, without making it. */
import type { Result } from '../messages/message.ts'
import type { Solver } from '../resources/programme.ts'
import { decidePlan, type OpensCycle } from './decision.ts'
import { forecaster, type Outlook, outlook } from './outlook.ts'
import type { Plan } from './plan.ts'
import type { Change } from './proposal.ts'
import { resolvePlan } from './resolve.ts'

export type WhatIf = {
  before: Outlook
  after: Outlook
  /** The allocation solved anew under the changed plan: what it would choose, and its expected value. */
  resolved: { chosen: { initiativeId: string; name: string; start: number }[]; expectedValue: number } | null
}

/** @param solver solves the allocation anew; left out, it is not */
export const whatIf = async (
  plan: Plan,
  changes: readonly Change[],
  opens: OpensCycle,
  solver?: Solver,
): Promise<Result<WhatIf>> => {
  const made = decidePlan(plan, changes, opens)
  if (!made.ok) return made
  const { plan: changed } = made.value
  const forecast = forecaster()
  const resolved = solver ? await resolvePlan(changed, solver) : null
  return {
    ok: true,
    value: {
      before: outlook(plan, forecast),
      after: outlook(changed, forecast),
      resolved: resolved && {
        expectedValue: resolved.allocation.expectedValue,
        chosen: resolved.allocation.chosen.map(({ initiativeId, start }) => ({
          initiativeId,
          name: plan.initiatives.find(({ id }) => id === initiativeId)?.name ?? initiativeId,
          start,
        })),
      },
    },
  }
}
