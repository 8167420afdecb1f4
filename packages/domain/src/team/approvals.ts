/** @file Approvals: who must agree, who may vote, when it is decided or too late. */
import { type Message, message } from '../messages/message.ts'
import type { Role } from './roles.ts'

export type ApprovalKind = 'release' | 'budget' | 'decision'

export type ApprovalPolicy = {
  subject: ApprovalKind
  /** One approving vote is needed per entry. */
  roles: readonly Role[]
  /** Each of these must approve, by name. */
  members: readonly string[]
  /** At least so many people in all; 0 asks for no more than the roles and members named. */
  count: number
  /** The person whose work it is may not vote. */
  notOwn: boolean
  /** One person fills at most one of the roles. */
  distinct: boolean
  /** Hours until nobody may vote any more; null for as long as it takes. */
  expiresAfterHours: number | null
}

/** What holds for each kind until the workspace sets its own; a decision needs approval only once it does. */
export const approvalPolicies = {
  release: policyOf('release', ['engineer', 'reviewer']),
  // whoever answers for the budget decides, not whoever wants to spend it
  budget: policyOf('budget', ['lead']),
  decision: policyOf('decision', ['owner']),
} as const satisfies Record<ApprovalKind, ApprovalPolicy>

export const releasePolicy: ApprovalPolicy = approvalPolicies.release
export const budgetPolicy: ApprovalPolicy = approvalPolicies.budget

function policyOf(subject: ApprovalKind, roles: Role[]): ApprovalPolicy {
  return { subject, roles, members: [], count: 0, notOwn: true, distinct: true, expiresAfterHours: null }
}

export type ApprovalOutcome = 'open' | 'approved' | 'rejected' | 'expired'

export type ApprovalRequest = {
  requestedBy: string
  /** Whose work it is, beside who asked. */
  authors?: readonly string[]
  state?: ApprovalOutcome
  /** ISO 8601 UTC; from then on it is too late. */
  expiresAt?: string | null
}

export type Vote = { memberId: string; role: Role; approve: boolean; at: string; note?: string }

export type Voter = { memberId: string; role: Role }

export type ApprovalState = {
  state: Exclude<ApprovalOutcome, 'expired'>
  missing: Role[]
  missingMembers: string[]
  message: Message
}

/** Owners stand in for any role, so that a founding team of two can release. */
const fills = (voter: Pick<Voter, 'role'>, role: Role) => voter.role === role || voter.role === 'owner'

/** Why a policy can never be met, or is met by nobody; null when it is well. */
export const policyRefusal = ({ roles, members, count }: ApprovalPolicy): Message | null => {
  if (roles.length + members.length === 0) return message('approval.policy.nobody', {})
  if (new Set(members).size < members.length) return message('approval.policy.twice', {})
  // without a role, nobody but those named may vote
  if (roles.length === 0 && count > members.length)
    return message('approval.policy.count', { count, members: members.length })
  return null
}

/**
 * Why a member may not vote; null when they may.
 * @param now ISO 8601 UTC; left out where nothing expires
 */
export const approvalRefusal = (
  policy: ApprovalPolicy,
  request: ApprovalRequest,
  votes: readonly Vote[],
  voter: Voter,
  now?: string,
): Message | null => {
  const state = request.state ?? approvalState(policy, votes).state
  const late = request.expiresAt != null && now !== undefined && now >= request.expiresAt
  if (state === 'expired' || (state === 'open' && late))
    return message('approval.expired', { at: request.expiresAt ?? '' })
  if (state !== 'open') return message('approval.closed', {})
  if (!mayVote(policy, voter))
    return policy.roles.length > 0
      ? message('approval.role', { role: voter.role, roles: policy.roles.join(', ') })
      : message('approval.named', {})
  if (policy.notOwn && [request.requestedBy, ...(request.authors ?? [])].includes(voter.memberId))
    return message('approval.own', {})
  if (votes.some((vote) => vote.memberId === voter.memberId)) return message('approval.twice', {})
  return null
}

/** Whether a vote in this role by this member could count. */
export const mayVote = (policy: Pick<ApprovalPolicy, 'roles' | 'members'>, voter: Voter): boolean =>
  policy.members.includes(voter.memberId) || policy.roles.some((role) => fills(voter, role))

/**
 * One rejection rejects; approved once every role is filled, everybody named agrees and there are enough of them.
 * @param nameOf the name of a member, for the sentence
 */
export const approvalState = (
  policy: ApprovalPolicy,
  votes: readonly Vote[],
  nameOf: (id: string) => string = (id) => id,
): ApprovalState => {
  if (votes.some((vote) => !vote.approve))
    return { state: 'rejected', missing: [], missingMembers: [], message: message('approval.rejected', {}) }
  const missing = unfilled(policy, votes)
  const voted = new Set(votes.map(({ memberId }) => memberId))
  const missingMembers = policy.members.filter((id) => !voted.has(id))
  const more = Math.max(policy.count - voted.size, 0)
  const open = missing.length + missingMembers.length + more > 0
  if (!open) return { state: 'approved', missing, missingMembers, message: message('approval.approved', {}) }
  const [roles, members] = [missing.join(', '), missingMembers.map(nameOf).join(', ')]
  const text =
    missing.length > 0
      ? missingMembers.length > 0
        ? message('approval.missingBoth', { roles, members })
        : message('approval.missing', { roles })
      : missingMembers.length > 0
        ? message('approval.missingMembers', { members })
        : message('approval.missingCount', { count: more })
  return { state: 'open', missing, missingMembers, message: text }
}

// a largest matching of roles to votes (augmenting paths): greedy choice could waste an owner's vote
const unfilled = (policy: ApprovalPolicy, votes: readonly Vote[]): Role[] => {
  if (!policy.distinct) return policy.roles.filter((role) => !votes.some((vote) => fills(vote, role)))
  const people = [...new Map(votes.map((vote) => [vote.memberId, vote])).values()]
  const heldBy = new Map<number, number>()
  const place = (role: number, seen: Set<number>): boolean =>
    people.some((vote, person) => {
      if (seen.has(person) || !fills(vote, policy.roles[role]!)) return false
      seen.add(person)
      const holder = heldBy.get(person)
      if (holder !== undefined && !place(holder, seen)) return false
      heldBy.set(person, role)
      return true
    })
  return policy.roles.filter((_, role) => !place(role, new Set()))
}
