/** @file Approvals: who must agree, who may vote, and when it is decided. */
import { type Message, message } from '../messages/message.ts'
import type { Role } from './roles.ts'

export type ApprovalPolicy = {
  subject: 'release' | 'allocation' | 'budget'
  /** One approving vote is needed per entry. */
  roles: Role[]
  /** The person whose work it is may not vote. */
  notOwn: boolean
  /** One person fills at most one of the roles. */
  distinct: boolean
}

export const releasePolicy: ApprovalPolicy = {
  subject: 'release',
  roles: ['engineer', 'reviewer'],
  notOwn: true,
  distinct: true,
}

/** Whoever answers for the budget decides, not whoever wants to spend it. */
export const budgetPolicy: ApprovalPolicy = {
  subject: 'budget',
  roles: ['lead'],
  notOwn: true,
  distinct: true,
}

export type ApprovalRequest = { requestedBy: string; authors?: string[]; state?: ApprovalOutcome }

export type Vote = { memberId: string; role: Role; approve: boolean; at: string; note?: string }

export type Voter = { memberId: string; role: Role }

export type ApprovalOutcome = 'open' | 'approved' | 'rejected'

export type ApprovalState = { state: ApprovalOutcome; missing: Role[]; message: Message }

/** Owners stand in for any role, so that a founding team of two can release. */
const fills = (voter: Role, role: Role) => voter === role || voter === 'owner'

/** Why a member may not vote; null when they may. */
export const approvalRefusal = (
  policy: ApprovalPolicy,
  request: ApprovalRequest,
  votes: readonly Vote[],
  voter: Voter,
): Message | null => {
  if ((request.state ?? approvalState(policy, votes).state) !== 'open') return message('approval.closed', {})
  if (!policy.roles.some((role) => fills(voter.role, role)))
    return message('approval.role', { role: voter.role, roles: policy.roles.join(', ') })
  if (policy.notOwn && [request.requestedBy, ...(request.authors ?? [])].includes(voter.memberId))
    return message('approval.own', {})
  if (votes.some((vote) => vote.memberId === voter.memberId)) return message('approval.twice', {})
  return null
}

/** One rejection rejects; approved once every role is filled by an approving vote. */
export const approvalState = (policy: ApprovalPolicy, votes: readonly Vote[]): ApprovalState => {
  if (votes.some((vote) => !vote.approve))
    return { state: 'rejected', missing: [], message: message('approval.rejected', {}) }
  const missing = unfilled(policy, votes)
  return missing.length === 0
    ? { state: 'approved', missing, message: message('approval.approved', {}) }
    : { state: 'open', missing, message: message('approval.missing', { roles: missing.join(', ') }) }
}

// a largest matching of roles to votes (augmenting paths): greedy choice could waste an owner's vote
const unfilled = (policy: ApprovalPolicy, votes: readonly Vote[]): Role[] => {
  if (!policy.distinct) return policy.roles.filter((role) => !votes.some((vote) => fills(vote.role, role)))
  const people = [...new Map(votes.map((vote) => [vote.memberId, vote])).values()]
  const heldBy = new Map<number, number>()
  const place = (role: number, seen: Set<number>): boolean =>
    people.some((vote, person) => {
      if (seen.has(person) || !fills(vote.role, policy.roles[role]!)) return false
      seen.add(person)
      const holder = heldBy.get(person)
      if (holder !== undefined && !place(holder, seen)) return false
      heldBy.set(person, role)
      return true
    })
  return policy.roles.filter((_, role) => !place(role, new Set()))
}
