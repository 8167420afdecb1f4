/** @file What a set of changes would make of the plan, without making it. */
import { message, type Result, refused } from '../messages/message.ts'
import type { Solver } from '../resources/programme.ts'
import { applyChanges } from './apply.ts'
import { forecaster, type Outlook, outlook } from './outlook.ts'
import { type Plan, turnOver } from './plan.ts'
import type { Change } from './proposal.ts'
import { resolvePlan } from './resolve.ts'

/** `next`: the changes open the next cycle; `same`: they are made in the one that runs. */
export type OpensCycle = 'next' | 'same'

export type WhatIf = {
  before: Outlook
  after: Outlook
  /** The allocation solved anew under the changed plan: what it would choose, and its expected value. */
  resolved: { chosen: { initiativeId: string; name: string; start: number }[]; expectedValue: number } | null
}

/** The plan after accepting the changes: exactly what acceptance saves. */
export const planAfter = (plan: Plan, changes: readonly Change[], opens: OpensCycle): Result<Plan> => {
  if (changes.length > 500) return refused(message('change.tooMany', { found: changes.length, most: 500 }))
  return applyChanges(opens === 'next' ? turnOver(plan) : plan, changes)
}

/** @param solver solves the allocation anew; left out, it is not */
export const whatIf = async (
  plan: Plan,
  changes: readonly Change[],
  opens: OpensCycle,
  solver?: Solver,
): Promise<Result<WhatIf>> => {
  const made = planAfter(plan, changes, opens)
  if (!made.ok) return made
  const forecast = forecaster()
  const resolved = solver ? await resolvePlan(made.value, solver) : null
  return {
    ok: true,
    value: {
      before: outlook(plan, forecast),
      after: outlook(made.value, forecast),
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
