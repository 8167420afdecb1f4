/** @file Tries changes on an allocation: both plans are solved off the event loop, and nothing is saved. */
import { type AllocationChange, type Cycle, refusedError, type WhatIf } from '@capstan/api'
import {
  type AllocationInput,
  allocationRefusals,
  chanceOfAny,
  differenceOf,
  type Message,
  message,
  withChange,
} from '@capstan/domain'
import type { Context } from '../context.ts'
import { members } from '../members/store.ts'
import type { Leaving } from './capacity.ts'
import { poseAllocation, solvePosed } from './programme.ts'

export async function answerWhatIf(
  context: Context,
  cycle: Cycle,
  { lambda, seed, changes }: { lambda: number; seed: number; changes: readonly AllocationChange[] },
): Promise<WhatIf> {
  const { db } = context
  const now = context.now().toISOString()
  const leaving = await leavingOf(context, changes)
  const base = await poseAllocation(db, now, cycle, { lambda, seed })
  if (leaving.length > 0 && !base.input.pools.some((pool) => 'skill' in pool && pool.skill))
    throw refusedError(message('pool.typed', {}))
  const moved = leaving.length > 0 ? await poseAllocation(db, now, cycle, { lambda, seed, leaving }) : base
  let input = moved.input
  for (const change of changes) {
    if (change.kind === 'leave') continue
    refuseUnknown(input, change)
    input = withChange(input, change)
  }
  const flaw = allocationRefusals({ ...input, candidates: withoutLost(input) })[0]
  if (flaw) throw refusedError(flaw)
  const changed = { ...input, candidates: withoutLost(input) }
  const [before, after] = [
    (await solvePosed(context, base)).result,
    (await solvePosed(context, { input: changed, joint: moved.joint })).result,
  ]
  const difference = differenceOf(before as never, after as never)
  return {
    before,
    after,
    difference,
    chance: {
      before: chanceOfAny(base.input, before.chosen),
      after: chanceOfAny(changed, after.chosen),
    },
    message: sentenceOf(base.input, after, difference),
  }
}

async function leavingOf({ db }: Context, changes: readonly AllocationChange[]): Promise<Leaving[]> {
  const leaving: Leaving[] = []
  for (const change of changes) {
    if (change.kind !== 'leave') continue
    if (!(await members.find(db, change.memberId)))
      throw refusedError(message('whatif.nobody', { id: change.memberId }))
    leaving.push(change)
  }
  return leaving
}

function refuseUnknown({ pools, candidates }: AllocationInput, change: AllocationChange): void {
  if ('poolId' in change && !pools.some(({ id }) => id === change.poolId))
    throw refusedError(message('whatif.unknown', { noun: 'pool', id: change.poolId }))
  if ('initiativeId' in change && !candidates.some(({ id }) => id === change.initiativeId))
    throw refusedError(message('whatif.unknown', { noun: 'initiative', id: change.initiativeId }))
}

/** What needs an initiative that may never be funded falls with it; exclusions of it exclude nothing. */
function withoutLost({ candidates }: AllocationInput): AllocationInput['candidates'] {
  let left = candidates
  for (;;) {
    const ids = new Set(left.map(({ id }) => id))
    const next = left.filter(({ prerequisites }) => prerequisites.every((id) => ids.has(id)))
    if (next.length === left.length)
      return left.map((one) => ({ ...one, exclusions: one.exclusions.filter((id) => ids.has(id)) }))
    left = next
  }
}

function sentenceOf(
  { candidates }: AllocationInput,
  after: { status: string },
  { added, removed, moved, objective }: WhatIf['difference'],
): Message {
  const names = (ids: readonly string[]) =>
    ids.map((id) => candidates.find((one) => one.id === id)?.name ?? id).join(', ') || '–'
  if (after.status === 'infeasible' || after.status === 'failed') return message('whatif.impossible', {})
  if (added.length + removed.length + moved.length === 0 && Math.abs(objective) < 1e-9)
    return message('whatif.same', {})
  const lists = {
    added: names(added),
    removed: names(removed),
    moved: names(moved.map(({ initiativeId }) => initiativeId)),
  }
  return objective >= 0
    ? message('whatif.better', { ...lists, gain: objective })
    : message('whatif.worse', { ...lists, loss: -objective })
}
