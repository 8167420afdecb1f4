/** @file The states of a task, and which may follow which. */
import { type Message, message } from '../messages/message.ts'

export type TaskState = 'todo' | 'doing' | 'blocked' | 'done' | 'dropped'

export const taskMoves = {
  todo: ['doing', 'blocked', 'dropped'],
  doing: ['todo', 'blocked', 'done', 'dropped'],
  blocked: ['todo', 'doing', 'dropped'],
  done: ['doing'],
  dropped: ['todo'],
} as const satisfies Record<TaskState, readonly TaskState[]>

export type TaskForMove = {
  title: string
  state: TaskState
  assigneeId: string | null
  /** Tasks that must be done first, with their states. */
  dependsOn?: readonly { title: string; state: TaskState }[]
}

/** Why a task may not move to a state; null when it may. Work needs an owner and finished dependencies. */
export const taskRefusal = (task: TaskForMove, to: TaskState): Message | null => {
  if (!(taskMoves[task.state] as readonly TaskState[]).includes(to))
    return message('task.move', { title: task.title, from: task.state, to })
  if (to !== 'doing' && to !== 'done') return null
  if (task.assigneeId === null) return message('task.noOwner', { title: task.title })
  const open = (task.dependsOn ?? []).filter((other) => other.state !== 'done' && other.state !== 'dropped')
  if (open.length > 0)
    return message('task.waits', { title: task.title, others: open.map((other) => other.title).join(', ') })
  return null
}
