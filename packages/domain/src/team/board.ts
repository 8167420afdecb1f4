/** @file The board of tasks: moved, put in order and linked, all or nothing. */
import { accepted, type Message, message, type Result, refused } from '../messages/message.ts'
import { type TaskState, taskRefusal, workRefusal } from './tasks.ts'

export type BoardTask = {
  id: string
  title: string
  state: TaskState
  assigneeId: string | null
  dependsOn: string[]
  startEarly: boolean
  /** Lower comes first, on the whole board. */
  rank: number
}

export type TaskMove = {
  id: string
  /** Stays where it is when left out. */
  state?: TaskState | undefined
  /** The task that it is put before; null puts it last; left out, its place in the order is kept. */
  before?: string | null | undefined
}

/** Room for ten halvings between two neighbours. */
const step = 1024

/** A board with one task moved, or why it may not be; the board given is never changed. */
export const moveOnBoard = <T extends BoardTask>(board: readonly T[], move: TaskMove): Result<T[]> => {
  const task = board.find(({ id }) => id === move.id)
  if (!task) return refused(message('task.unknown', { id: move.id }))
  const to = move.state ?? task.state
  if (to !== task.state) {
    const refusal = taskRefusal({ ...task, dependsOn: namedOf(board, task.dependsOn) }, to)
    if (refusal) return refused(refusal)
  }
  const moved = board.map((other) => (other.id === task.id ? { ...other, state: to } : other))
  return move.before === undefined ? accepted(moved) : place(moved, task.id, move.before)
}

/** The tasks by rank, the older first where two have one. */
export const byRank = <T extends { rank: number }>(tasks: readonly T[]): T[] =>
  [...tasks].sort((a, b) => a.rank - b.rank)

export const lastRank = (tasks: readonly { rank: number }[]): number =>
  tasks.reduce((most, { rank }) => Math.max(most, rank), 0) + step

const place = <T extends BoardTask>(board: T[], id: string, before: string | null): Result<T[]> => {
  const others = byRank(board).filter((task) => task.id !== id)
  const at = before === null ? others.length : others.findIndex((task) => task.id === before)
  if (before === id || at < 0) return refused(message('task.unknown', { id: String(before) }))
  const [low, high] = [others[at - 1]?.rank ?? 0, others[at]?.rank ?? lastRank(others) + step]
  const rank = Math.floor((low + high) / 2)
  if (rank > low && rank < high)
    return accepted(board.map((task) => (task.id === id ? { ...task, rank } : task)))
  // no room between the two: everything is numbered anew
  const order = [...others.slice(0, at), board.find((task) => task.id === id)!, ...others.slice(at)]
  const ranks = new Map(order.map((task, i) => [task.id, (i + 1) * step]))
  return accepted(board.map((task) => ({ ...task, rank: ranks.get(task.id)! })))
}

const namedOf = (board: readonly BoardTask[], ids: readonly string[]) =>
  ids.flatMap((id) => board.find((task) => task.id === id) ?? [])

/** Why a task may not be as it was edited to be; null when it may. */
export const editRefusal = (board: readonly BoardTask[], edited: BoardTask): Message | null => {
  const unknown = edited.dependsOn.find((id) => id !== edited.id && !board.some((task) => task.id === id))
  if (unknown !== undefined) return message('task.unknown', { id: unknown })
  const cycle = dependencyCycle(board, edited)
  if (cycle) return message('task.cycle', { cycle: cycle.join(' → ') })
  return workRefusal({ ...edited, dependsOn: namedOf(board, edited.dependsOn) }, edited.state)
}

/**
 * The titles along a circle of dependencies that a task would close, the task itself first and last; null without
 * one. Iterative, so that long chains do not exhaust the stack.
 */
export const dependencyCycle = (
  board: readonly Pick<BoardTask, 'id' | 'title' | 'dependsOn'>[],
  task: Pick<BoardTask, 'id' | 'title' | 'dependsOn'>,
): string[] | null => {
  const byId = new Map(board.map((other) => [other.id, other]))
  byId.set(task.id, task)
  const cameFrom = new Map<string, string>()
  const open = [task.id]
  while (open.length > 0) {
    const id = open.pop()!
    for (const next of byId.get(id)?.dependsOn ?? []) {
      if (next === task.id) {
        const back = [task.id]
        for (let at = id; at !== task.id; at = cameFrom.get(at)!) back.push(at)
        return [task.id, ...back.reverse()].map((one) => byId.get(one)?.title ?? one)
      }
      if (cameFrom.has(next)) continue
      cameFrom.set(next, id)
      open.push(next)
    }
  }
  return null
}
