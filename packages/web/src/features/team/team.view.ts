/** @file The board: tasks by state, and which moves a task offers. */
import type { Approval, ApprovalPolicy, Member, Role, Task, TeamLoad } from '@capstan/api'
import { approvalRefusal, approvalState } from '@capstan/domain'

export const boardStates = ['todo', 'doing', 'blocked', 'review', 'done'] as const
export type BoardState = (typeof boardStates)[number]

export const columnsOf = (tasks: readonly Task[]): { state: BoardState; tasks: Task[] }[] =>
  boardStates.map((state) => ({ state, tasks: tasks.filter((task) => task.state === state) }))

type Rules = Pick<ApprovalPolicy, 'subject' | 'roles' | 'members' | 'count' | 'notOwn' | 'distinct'>

/** Whose vote would still help an approval on, and in which roles; the server has the last word. */
export function ballotsOf(
  approval: Pick<Approval, 'votes' | 'requestedBy' | 'state' | 'expiresAt'>,
  policy: Rules | undefined,
  members: readonly Member[],
) {
  if (!policy) return []
  const rules = { ...policy, expiresAfterHours: null }
  const votes = approval.votes.map(({ vote, ...rest }) => ({ ...rest, approve: vote === 'approve' }))
  const { missing, missingMembers } = approvalState(rules, votes)
  const helps = (member: Member, role: Role) =>
    missing.some((one) => one === role || role === 'owner') ||
    missingMembers.includes(member.id) ||
    votes.length < policy.count
  return members.flatMap((member) =>
    member.roles
      .filter((role) => helps(member, role))
      .filter((role) => approvalRefusal(rules, approval, votes, { memberId: member.id, role }) === null)
      .map((role) => ({ member, role })),
  )
}

export interface LoadRow {
  key: string
  name: string
  skill: boolean
  periods: TeamLoad['members'][number]['periods']
}

/** People first, then skills. */
export const loadRows = (load: TeamLoad, nameOf: (id: string) => string): LoadRow[] => [
  ...load.members.map(({ memberId, periods }) => ({
    ...{ key: `member ${memberId}`, name: nameOf(memberId), skill: false, periods },
  })),
  ...load.skills.map(({ skill, periods }) => ({ key: `skill ${skill}`, name: skill, skill: true, periods })),
]

/**
 * The task before which one is put to come one place earlier or later in its column; null for its end, undefined when
 * there is no such place.
 */
export function placeBy(
  column: readonly Pick<Task, 'id'>[],
  id: string,
  by: -1 | 1,
): string | null | undefined {
  const at = column.findIndex((task) => task.id === id)
  if (at < 0 || at + by < 0 || at + by >= column.length) return undefined
  return by < 0 ? column[at - 1]!.id : (column[at + 2]?.id ?? null)
}
