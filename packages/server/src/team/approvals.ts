/** @file Routes of approvals: policies, requests, votes, and what follows from them. */
import { type Approval, api, CapstanError, refusedError } from '@capstan/api'
import { approvalRefusal, mayVote, policyRefusal } from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Change, Context } from '../context.ts'
import type { Db } from '../database/records.ts'
import { afterRunApproval } from '../executions/approval.ts'
import { requireSelf } from '../http/guard.ts'
import { bind } from '../http/register.ts'
import { members, requireMember } from '../members/store.ts'
import { versions } from '../registry/store.ts'
import { findRun } from '../runs/store.ts'
import { askApproval, namesOf, plainVote, policyOf, stateOf } from './ask.ts'
import { approvals, decisions, policies } from './store.ts'

export function approvalRoutes(app: FastifyInstance, { db, change, newId }: Context): void {
  bind(app, api.team.policies, () => policies.list(db))
  bind(app, api.team.createPolicy, ({ body, actor }) =>
    change(actor, async ({ db: tx, record }) => {
      const refusal = policyRefusal(body)
      if (refusal) throw refusedError(refusal)
      for (const id of body.members) await requireMember(tx, id)
      const policy = await policies.insert(tx, { id: newId('policy'), ...body })
      await record('approval-policy', 'set', policy.id, { subject: policy.subject, roles: policy.roles })
      return policy
    }),
  )
  bind(app, api.team.approvals, async ({ query }) => {
    const { state, kind, waitingFor } = query
    const found = (await approvals.newest(db)).filter(
      (a) => (state === undefined || a.state === state) && (kind === undefined || a.kind === kind),
    )
    return waitingFor === undefined ? found : waitingOn(db, found, waitingFor)
  })
  bind(app, api.team.requestApproval, ({ body, actor, request }) => {
    requireSelf({ request }, body.requestedBy)
    return change(actor, async (tx) => {
      const version = await versions.get(tx.db, body.versionId)
      await requireMember(tx.db, body.requestedBy)
      if (!(await policyOf(tx.db, 'release')))
        throw new CapstanError('request/not-found', { noun: 'approval policy', id: 'release' })
      const open = (await approvals.list(tx.db)).find((a) => a.versionId === version.id && a.state === 'open')
      if (open) throw new CapstanError('request/exists', { noun: 'open approval', id: open.id })
      const title = `${version.modelName} v${version.number}`
      return askApproval(tx, newId, { kind: 'release', title, ...body })
    })
  })
  bind(app, api.team.vote, ({ params, body, actor, request }) => {
    requireSelf({ request }, body.memberId)
    return change(actor, async (tx) => {
      const approval = await approvals.get(tx.db, params.id)
      const policy = await policies.get(tx.db, approval.policyId)
      const voter = await members.get(tx.db, body.memberId)
      if (!voter.roles.includes(body.role)) throw new CapstanError('access/refused', { role: body.role })
      const authors = await authorsOf(tx.db, approval)
      const { votes: before } = approval
      const refusal = approvalRefusal(policy, { ...approval, authors }, before.map(plainVote), body, tx.at)
      if (refusal) throw refusedError(refusal)
      const votes = [...before, { ...body, at: tx.at }]
      const now = stateOf(policy, votes, await namesOf(tx.db))
      const voted = await approvals.change(tx.db, approval.id, (a) => ({
        ...{ ...a, votes, ...now, decidedAt: now.state === 'open' ? null : tx.at },
      }))
      const { role, vote, origin } = body
      const member = voter.name
      await tx.record('approval', 'voted', approval.id, { member, role, vote, state: voted.state, origin })
      await afterApproval(tx, voted)
      return voted
    })
  })
}

/** The person who asked, and whose run made the model or would spend the money. */
async function authorsOf(db: Db, { versionId, runId, decisionId }: Approval): Promise<string[]> {
  const version = versionId === null ? null : await versions.find(db, versionId)
  const run = await findRun(db, version?.runId ?? runId ?? '')
  const decision = decisionId === null ? null : await decisions.find(db, decisionId)
  const byName = (await members.list(db)).find(({ id, name }) => run && [id, name].includes(run.user))
  return [byName?.id, decision?.decidedBy].filter((id): id is string => typeof id === 'string')
}

async function waitingOn<A extends Approval>(db: Db, all: readonly A[], memberId: string): Promise<A[]> {
  const member = await members.get(db, memberId)
  const known = new Map((await policies.list(db)).map((policy) => [policy.id, policy]))
  const waiting = await Promise.all(
    all.map(async (approval) => {
      const policy = known.get(approval.policyId)
      if (!policy || approval.state !== 'open') return []
      const roles = member.roles.filter((role) => mayVote(policy, { memberId, role }))
      const authors = await authorsOf(db, approval)
      const { votes } = approval
      const may = roles.some(
        (role) =>
          approvalRefusal(policy, { ...approval, authors }, votes.map(plainVote), { memberId, role }) ===
          null,
      )
      return may ? [approval] : []
    }),
  )
  return waiting.flat()
}

/** What follows once it is decided: a run starts or is cancelled, a decision holds or does not. */
export async function afterApproval(tx: Change, approval: Approval): Promise<void> {
  if (approval.state === 'open') return
  if (approval.runId !== null) await afterRunApproval(tx, approval)
  if (approval.decisionId !== null) {
    const state = approval.state === 'approved' ? 'decided' : 'rejected'
    const decision = await decisions.change(tx.db, approval.decisionId, (d) => ({ ...d, state }))
    await tx.record('decision', state, decision.id, { title: decision.title, chosen: decision.chosen })
  }
}

/** Approvals that nobody may vote on any more. */
export async function expireApprovals(tx: Change): Promise<void> {
  for (const { id, expiresAt, state } of await approvals.newest(tx.db)) {
    if (state !== 'open' || expiresAt === null || expiresAt > tx.at) continue
    const expired = await approvals.change(tx.db, id, (a) => ({
      ...{ ...a, state: 'expired', missing: null, decidedAt: tx.at },
    }))
    const { title, kind, requestedBy } = expired
    await tx.record('approval', 'expired', id, { title, kind, requestedBy })
    await afterApproval(tx, expired)
  }
}
