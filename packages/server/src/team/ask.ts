/** @file Asks for an approval by the policy of its kind; whoever needs one asks here. */
import type { Approval, ApprovalPolicy } from '@capstan/api'
import { type ApprovalKind, approvalPolicies, approvalState } from '@capstan/domain'
import type { Change, Context } from '../context.ts'
import type { Db } from '../database/records.ts'
import { members } from '../members/store.ts'
import { approvals, policies } from './store.ts'

/** The policy that holds for a kind; null where the workspace has set none. */
export async function policyOf(db: Db, kind: ApprovalKind): Promise<ApprovalPolicy | null> {
  return (await policies.list(db)).findLast(({ subject }) => subject === kind) ?? null
}

/** What is asked for: a version, a run or a decision. */
export type Asked = { kind: ApprovalKind; title: string; requestedBy: string } & Partial<
  Pick<Approval, 'versionId' | 'runId' | 'decisionId'>
>

/** Without a policy of the workspace's own, the usual one of the kind is kept, so that it is seen and can be changed. */
export async function askApproval(change: Change, newId: Context['newId'], asked: Asked): Promise<Approval> {
  const { db, at } = change
  const usual = approvalPolicies[asked.kind]
  const policy =
    (await policyOf(db, asked.kind)) ??
    (await policies.insert(db, { id: newId('policy'), ...usual, roles: [...usual.roles], members: [] }))
  const hours = policy.expiresAfterHours
  const approval = await approvals.insert(db, {
    ...{ id: newId('approval'), policyId: policy.id, versionId: null, runId: null, decisionId: null },
    ...asked,
    ...{ votes: [], createdAt: at, decidedAt: null },
    expiresAt: hours === null ? null : new Date(Date.parse(at) + hours * 3_600_000).toISOString(),
    ...stateOf(policy, [], await namesOf(db)),
  })
  const { kind, title, requestedBy, versionId, runId, decisionId } = approval
  await change.record('approval', 'requested', approval.id, {
    ...{ kind, title, requestedBy },
    // as the activity list reads it
    version: title,
    ...(versionId === null ? {} : { versionId }),
    ...(runId === null ? {} : { run: runId }),
    ...(decisionId === null ? {} : { decisionId }),
  })
  return approval
}

export async function namesOf(db: Db): Promise<(id: string) => string> {
  const names = new Map((await members.list(db)).map(({ id, name }) => [id, name]))
  return (id) => names.get(id) ?? id
}

export function stateOf(
  policy: ApprovalPolicy,
  votes: Approval['votes'],
  nameOf: (id: string) => string,
): Pick<Approval, 'state' | 'missing'> {
  const { state, message } = approvalState(policy, votes.map(plainVote), nameOf)
  return { state, missing: state === 'open' ? message : null }
}

export const plainVote = ({ memberId, role, vote, at }: Approval['votes'][number]) => ({
  ...{ memberId, role, at },
  approve: vote === 'approve',
})
