/** @file The board: tasks by state, and which moves a task offers. */
import type { Approval, Member, Task } from '@capstan/api'

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
