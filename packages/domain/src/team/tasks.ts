/** @file The states of a task, and which may follow which. */
import { type Message, message } from '../messages/message.ts'

export type TaskState = 'todo' | 'doing' | 'blocked' | 'review' | 'done' | 'dropped'

export const taskMoves = {
  todo: ['doing', 'blocked', 'dropped'],
  doing: ['todo', 'blocked', 'review', 'done', 'dropped'],
  blocked: ['todo', 'doing', 'dropped'],
  review: ['doing', 'blocked', 'done', 'dropped'],
  done: ['doing'],
  dropped: ['todo'],
} as const satisfies Record<TaskState, readonly TaskState[]>

/** In these somebody works on it, or has. */
const worked: readonly TaskState[] = ['doing', 'review', 'done']

export const isOpenTask = (state: TaskState): boolean => state !== 'done' && state !== 'dropped'

export type TaskForMove = {
  title: string
  state: TaskState
  assigneeId: string | null
  /** Tasks that must be done first, with their states. */
  dependsOn?: readonly { title: string; state: TaskState }[]
  /** Somebody said that it may begin before those are done. */
  startEarly?: boolean
}

/** Why a task may not move to a state; null when it may. Work needs an owner and finished dependencies. */
export const taskRefusal = (task: TaskForMove, to: TaskState): Message | null => {
  if (!(taskMoves[task.state] as readonly TaskState[]).includes(to))
    return message('task.move', { title: task.title, from: task.state, to })
  return worked.includes(to) ? workRefusal(task, to) : null
}

/** Why nobody may be at work on a task as it is; it may begin early, but is never done before what it needs. */
export const workRefusal = (task: TaskForMove, state: TaskState): Message | null => {
  if (!worked.includes(state)) return null
  if (task.assigneeId === null) return message('task.noOwner', { title: task.title })
  const open = (task.dependsOn ?? []).filter((other) => isOpenTask(other.state))
  if (open.length === 0 || (task.startEarly && state !== 'done')) return null
  return message('task.waits', { title: task.title, others: open.map((other) => other.title).join(', ') })
}
