/** @file Tasks on a board. */
import { z } from 'zod'
import {
  ById,
  Evidence,
  Flag,
  Id,
  Instant,
  LocalDate,
  Name,
  Note,
  Origin,
  Revision,
} from '../contract/basics.ts'
import { route } from '../contract/route.ts'

export const TaskState = z.enum(['todo', 'doing', 'blocked', 'review', 'done', 'dropped'])
export const TaskPriority = z.enum(['urgent', 'high', 'normal', 'low'])

const Days = z.number().min(0).max(1000)

export const Task = z.object({
  id: Id,
  initiativeId: Id.nullable(),
  title: Name,
  /** Markdown, as it was written. */
  description: Note,
  assigneeId: Id.nullable(),
  state: TaskState,
  priority: TaskPriority,
  /** Lower comes first on the board. */
  rank: z.number(),
  /** What whoever does it must be able to do; null where the initiative says it. */
  skill: Name.nullable(),
  /** The day by which it should be done. */
  due: LocalDate.nullable(),
  dependsOn: z.array(Id),
  /** It may begin before what it depends on is done; it is never done before that. */
  startEarly: z.boolean(),
  estimateDays: Days,
  /** What it took so far, or in all once it is done; null until somebody says. */
  actualDays: Days.nullable(),
  /** Runs, model versions and whatever else came of it. */
  links: z.array(Evidence),
  origin: Origin,
  createdAt: Instant,
  doneAt: Instant.nullable(),
  revision: Revision.optional(),
})
export type Task = z.infer<typeof Task>
export type TaskState = z.infer<typeof TaskState>

const Links = z.array(Evidence).max(100)
const DependsOn = z.array(Id).max(100)

export const taskRoutes = {
  tasks: route({
    method: 'GET',
    path: '/api/v1/tasks',
    summary: 'Tasks in the order of the board',
    access: 'viewer',
    query: z.strictObject({
      state: TaskState.optional(),
      /** `none`: nobody's. */
      assigneeId: Id.optional(),
      initiativeId: Id.optional(),
      priority: TaskPriority.optional(),
      skill: Name.optional(),
      /** A run, a model version or something else that it is linked to. */
      link: Id.optional(),
      /** Neither done nor dropped. */
      open: Flag.optional(),
      /** Open, and due before today. */
      overdue: Flag.optional(),
      /** Words of the title or the description. */
      text: z.string().trim().max(200).optional(),
    }),
    response: z.array(Task),
  }),
  task: route({
    method: 'GET',
    path: '/api/v1/tasks/:id',
    summary: 'One task',
    access: 'viewer',
    params: ById,
    response: Task,
  }),
  createTask: route({
    method: 'POST',
    path: '/api/v1/tasks',
    summary: 'Add a task at the end of the board',
    access: 'engineer',
    status: 201,
    body: z.strictObject({
      initiativeId: Id.nullable().default(null),
      title: Name,
      description: Note.default(''),
      assigneeId: Id.nullable().default(null),
      priority: TaskPriority.default('normal'),
      skill: Name.nullable().default(null),
      due: LocalDate.nullable().default(null),
      dependsOn: DependsOn.default([]),
      startEarly: z.boolean().default(false),
      estimateDays: Days.default(0),
      links: Links.default([]),
      origin: Origin.default('typed'),
    }),
    response: Task,
  }),
  editTask: route({
    method: 'PATCH',
    path: '/api/v1/tasks/:id',
    summary: 'Change what a task says; its state is moved, not edited',
    access: 'engineer',
    params: ById,
    body: z.strictObject({
      revision: Revision,
      initiativeId: Id.nullable().optional(),
      title: Name.optional(),
      description: Note.optional(),
      assigneeId: Id.nullable().optional(),
      priority: TaskPriority.optional(),
      skill: Name.nullable().optional(),
      due: LocalDate.nullable().optional(),
      dependsOn: DependsOn.optional(),
      startEarly: z.boolean().optional(),
      estimateDays: Days.optional(),
      actualDays: Days.nullable().optional(),
      links: Links.optional(),
    }),
    response: Task,
  }),
  moveTask: route({
    method: 'POST',
    path: '/api/v1/tasks/:id/state',
    summary: 'Move a task to another state, or to another place in the order',
    access: 'engineer',
    params: ById,
    body: z.strictObject({
      /** Stays where it is when left out. */
      state: TaskState.optional(),
      /** The task that it is put before; null puts it last. */
      before: Id.nullable().optional(),
      /** Days that it took, charged to the people of its initiative once it is done. */
      actualDays: Days.optional(),
      links: z.array(Evidence).max(20).optional(),
    }),
    response: Task,
  }),
}
