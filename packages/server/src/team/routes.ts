/** @file Routes of tasks, approvals and decisions. */
import { type Approval, type ApprovalPolicy, api, CapstanError, refusedError } from '@capstan/api'
import { approvalRefusal, approvalState } from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { afterApproval } from '../executions/routes.ts'
import { requireSelf } from '../http/guard.ts'
import { bind } from '../http/register.ts'
import { members, requireMember } from '../members/store.ts'
import { versions } from '../registry/store.ts'
import { approvals, decisions, policies } from './store.ts'
import { taskRoutes } from './tasks.ts'

export function teamRoutes(app: FastifyInstance, context: Context): void {
  taskRoutes(app, context)
  approvalRoutes(app, context)
  bind(app, api.team.decisions, () => decisions.newest(context.db))
}

function approvalRoutes(app: FastifyInstance, { db, change, newId }: Context): void {
  bind(app, api.team.policies, () => policies.list(db))
  bind(app, api.team.createPolicy, ({ body, actor }) =>
    change(actor, async ({ db: tx, record }) => {
      const policy = await policies.insert(tx, { id: newId('policy'), ...body })
      await record('approval-policy', 'set', policy.id, { roles: policy.roles })
      return policy
    }),
  )
  bind(app, api.team.approvals, () => approvals.newest(db))
  bind(app, api.team.requestApproval, ({ body, actor, request }) => {
    requireSelf({ request }, body.requestedBy)
    return change(actor, async ({ db: tx, at, record }) => {
      const version = await versions.get(tx, body.versionId)
      await requireMember(tx, body.requestedBy)
      const policy = (await policies.newest(tx)).find(({ subject }) => subject === 'release')
      if (!policy) throw new CapstanError('request/not-found', { noun: 'approval policy', id: 'release' })
      const open = (await approvals.list(tx)).find((a) => a.versionId === version.id && a.state === 'open')
      if (open) throw new CapstanError('request/exists', { noun: 'open approval', id: open.id })
      const approval = await approvals.insert(tx, {
        id: newId('approval'),
        policyId: policy.id,
        versionId: version.id,
        runId: null,
        requestedBy: body.requestedBy,
        votes: [],
        createdAt: at,
        ...stateOf(policy, []),
      })
      await record('approval', 'requested', approval.id, {
        version: `${version.modelName} v${version.number}`,
      })
      return approval
    })
  })
  bind(app, api.team.vote, ({ params, body, actor, request }) => {
    requireSelf({ request }, body.memberId)
    return change(actor, async (whole) => {
      const { db: tx, at, record } = whole
      const approval = await approvals.get(tx, params.id)
      const policy = await policies.get(tx, approval.policyId)
      const voter = await members.get(tx, body.memberId)
      if (!voter.roles.includes(body.role)) {
        throw new CapstanError('access/refused', { role: body.role })
      }
      const refusal = approvalRefusal(policy, approval, approval.votes.map(plainVote), body)
      if (refusal) throw refusedError(refusal)
      const { memberId, role, vote, note, origin } = body
      const votes = [...approval.votes, { memberId, role, vote, note, origin, at }]
      const voted = await approvals.change(tx, approval.id, (a) => ({
        ...a,
        votes,
        ...stateOf(policy, votes),
      }))
      await record('approval', 'voted', approval.id, {
        member: voter.name,
        role,
        vote,
        state: voted.state,
        origin,
      })
      await afterApproval(whole, voted)
      return voted
    })
  })
}

function stateOf(policy: ApprovalPolicy, votes: Approval['votes']): Pick<Approval, 'state' | 'missing'> {
  const { state, message } = approvalState(policy, votes.map(plainVote))
  return { state, missing: state === 'open' ? message : null }
}

const plainVote = ({ memberId, role, vote, at }: Approval['votes'][number]) => ({
  memberId,
  role,
  approve: vote === 'approve',
  at,
})
