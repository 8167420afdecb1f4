/** @file The board: tasks by state, and which moves a task offers. */
import type { Approval, Member, Task, TeamLoad } from '@capstan/api'

export const boardStates = ['todo', 'doing', 'blocked', 'review', 'done'] as const
export type BoardState = (typeof boardStates)[number]

export const columnsOf = (tasks: readonly Task[]): { state: BoardState; tasks: Task[] }[] =>
  boardStates.map((state) => ({ state, tasks: tasks.filter((task) => task.state === state) }))

/** Who may still vote on an approval, and in which roles; the server has the last word. */
export function ballotsOf(
  approval: Pick<Approval, 'votes'>,
  roles: readonly Member['roles'][number][],
  members: readonly Member[],
) {
  const open = roles.filter((role) => !approval.votes.some((vote) => vote.role === role))
  return members.flatMap((member) =>
    open.filter((role) => member.roles.includes(role)).map((role) => ({ member, role })),
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
