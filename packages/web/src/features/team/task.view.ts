/** @file A task as a form holds it: texts and lists, and what the server is sent of them. */
import type { Evidence, Task } from '@capstan/api'
import { taskMoves } from '@capstan/domain'
import type { BodyOf } from '../../server/client.ts'
import { numberOf, required, type Typed } from '../../ui/form/fields.ts'

export interface TaskFields {
  title: string
  description: string
  initiativeId: string
  assigneeId: string
  priority: Task['priority']
  skill: string
  due: string
  dependsOn: string[]
  startEarly: boolean
  estimateDays: Typed
  actualDays: Typed
  /** As `noun/id`. */
  links: string[]
}

export const taskFields = (task: Task | null): TaskFields => ({
  title: task?.title ?? '',
  description: task?.description ?? '',
  initiativeId: task?.initiativeId ?? '',
  assigneeId: task?.assigneeId ?? '',
  priority: task?.priority ?? 'normal',
  skill: task?.skill ?? '',
  due: task?.due ?? '',
  dependsOn: task?.dependsOn ?? [],
  startEarly: task?.startEarly ?? false,
  estimateDays: task?.estimateDays ?? 1,
  actualDays: task?.actualDays ?? '',
  links: (task?.links ?? []).map(keyOfLink),
})

export const keyOfLink = ({ noun, id }: Pick<Evidence, 'noun' | 'id'>): string => `${noun}/${id}`

/** Links by their keys; those that were there keep what was noted of them. */
export const linksOf = (keys: readonly string[], known: readonly Evidence[]): Evidence[] =>
  keys.map((key) => {
    const at = key.indexOf('/')
    return (
      known.find((link) => keyOfLink(link) === key) ?? {
        noun: key.slice(0, at) as Evidence['noun'],
        id: key.slice(at + 1),
      }
    )
  })

/** What a new task and a changed one have in common. */
export const taskBody = (
  fields: TaskFields,
  known: readonly Evidence[],
): BodyOf<'team', 'createTask'> & { actualDays?: number | null } => ({
  title: fields.title,
  description: fields.description,
  initiativeId: fields.initiativeId || null,
  assigneeId: fields.assigneeId || null,
  priority: fields.priority,
  skill: fields.skill.trim() || null,
  due: fields.due || null,
  dependsOn: fields.dependsOn,
  startEarly: fields.startEarly,
  estimateDays: required(fields.estimateDays),
  actualDays: numberOf(fields.actualDays),
  links: linksOf(fields.links, known),
})

/** The state that a task is in, then those that it may go to. */
export const statesFrom = (state: Task['state']): Task['state'][] => [state, ...taskMoves[state]]
