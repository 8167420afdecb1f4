/** @file What every step of the first turn is given. */
import type { Client, Evidence, Task, Workspace } from '@capstan/api'
import type { Connection } from '../connection.ts'
import type { Context } from '../context.ts'
import type { Format } from '../terminal/format.ts'
import type { Plan } from './plan.ts'

export interface Turn {
  context: Context
  connection: Connection
  workspace: Workspace
  folder: string
  plan: Plan
  format: Format
  /** Where the four IDX files lie. */
  data: string
  /** Where they come from, for the record. */
  source: string
  epochs: number
  /** The turn was begun before and is taken up again. */
  resumed: boolean
}

export const clientOf = (turn: Turn): Client => turn.connection.client

/** What is there already, else what `create` makes: so every step can be taken up where it stopped. */
export async function ensure<T>(
  existing: Promise<readonly T[]>,
  is: (item: T) => boolean,
  create: () => Promise<T>,
): Promise<T> {
  return (await existing).find(is) ?? (await create())
}

/** Moves a task to done through the states between, with what shows it. */
export async function completeTask(
  turn: Turn,
  task: Task | undefined,
  links: Evidence[] = [],
): Promise<void> {
  await startTask(turn, task)
  if (task === undefined || task.state === 'done' || task.state === 'dropped') return
  const { state } = await turn.connection
    .as(task.assigneeId!)
    .team.moveTask({ params: { id: task.id }, body: { state: 'done', links } })
  task.state = state
}

export async function startTask(turn: Turn, task: Task | undefined): Promise<void> {
  if (task === undefined || (task.state !== 'todo' && task.state !== 'blocked')) return
  const { state } = await turn.connection
    .as(task.assigneeId!)
    .team.moveTask({ params: { id: task.id }, body: { state: 'doing' } })
  task.state = state
}
