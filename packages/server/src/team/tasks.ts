/** @file Routes of tasks: filtered, added, edited, moved. */
import { api, CapstanError, refusedError, type Task } from '@capstan/api'
import { byRank, editRefusal, isOpenTask, lastRank, moveOnBoard, sameSkill } from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Change, Context } from '../context.ts'
import type { Db } from '../database/records.ts'
import { bind } from '../http/register.ts'
import { timesOf } from '../measures/clock.ts'
import { requireMember } from '../members/store.ts'
import { chargeTask } from '../resources/charge.ts'
import { initiatives } from '../strategy/store.ts'
import { requireSubject } from '../subjects/store.ts'
import { tasks } from './store.ts'

export function taskRoutes(app: FastifyInstance, { db, change, newId, now }: Context): void {
  bind(app, api.team.tasks, async ({ query }) => {
    const today = await todayOf(db, now().toISOString())
    return byRank(await tasks.list(db)).filter((task) => fits(task, query, today))
  })
  bind(app, api.team.task, ({ params }) => tasks.get(db, params.id))
  bind(app, api.team.createTask, ({ body, actor }) =>
    change(actor, async (tx) => {
      const board = await tasks.list(tx.db)
      const task: Task = {
        ...{ id: newId('task'), ...body, state: 'todo', rank: lastRank(board), actualDays: null },
        ...{ createdAt: tx.at, doneAt: null },
      }
      await requireParts(tx.db, task)
      refuseEdit(board, task)
      const { title, assigneeId } = await tasks.insert(tx.db, task)
      await tx.record('task', 'added', task.id, { title, assigneeId })
      return tasks.get(tx.db, task.id)
    }),
  )
  bind(app, api.team.editTask, ({ params, body, actor }) =>
    change(actor, async (tx) => {
      const { revision, ...given } = body
      await requireParts(tx.db, given)
      const board = await tasks.list(tx.db)
      const before = await tasks.get(tx.db, params.id)
      const edited = await tasks.edit(tx.db, params.id, revision, (task) => {
        const next = { ...task, ...given }
        refuseEdit(board, next)
        return next
      })
      // the days of finished work are in the ledger: they follow what is said of them now
      if (edited.state === 'done' && chargedFor(before) !== chargedFor(edited))
        await chargeTask(tx, newId, edited)
      await tx.record('task', 'edited', edited.id, {
        title: edited.title,
        fields: Object.keys(given).join(', '),
        ...(before.assigneeId === edited.assigneeId ? {} : { assigneeId: edited.assigneeId }),
      })
      return edited
    }),
  )
  bind(app, api.team.moveTask, ({ params, body, actor }) =>
    change(actor, async (tx) => {
      const task = await tasks.get(tx.db, params.id)
      await requireParts(tx.db, { links: body.links ?? [] })
      const board = await tasks.list(tx.db)
      const result = moveOnBoard(board, { id: task.id, state: body.state, before: body.before })
      if (!result.ok) throw refusedError(result.refusal)
      await saveRanks(tx, board, result.value, task.id)
      const place = result.value.find(({ id }) => id === task.id)!
      const moved = await tasks.change(tx.db, task.id, (t) => ({
        ...t,
        ...{ state: place.state, rank: place.rank },
        links: [...t.links, ...(body.links ?? [])].slice(-100),
        actualDays: body.actualDays ?? t.actualDays,
        doneAt: place.state !== 'done' ? null : task.state === 'done' ? t.doneAt : tx.at,
      }))
      const charged = body.actualDays !== undefined && moved.state === 'done'
      if ((moved.state === 'done') !== (task.state === 'done') || charged) await chargeTask(tx, newId, moved)
      if (moved.state === task.state && body.actualDays === undefined && body.links === undefined)
        await tx.record('task', 'ordered', task.id, { title: task.title })
      else await tx.record('task', 'moved', task.id, { title: task.title, from: task.state, to: moved.state })
      return moved
    }),
  )
}

/** Today in the workspace's calendar: `2026-03-01`. */
export async function todayOf(db: Db, now: string): Promise<string> {
  const { calendar } = await timesOf(db, now)
  return new Date(calendar.dayOf(now) * 86_400_000).toISOString().slice(0, 10)
}

export const isOverdue = ({ state, due }: Pick<Task, 'state' | 'due'>, today: string): boolean =>
  isOpenTask(state) && due !== null && due < today

type Query = Partial<{
  state: string
  assigneeId: string
  initiativeId: string
  priority: string
  skill: string
  link: string
  open: boolean
  overdue: boolean
  text: string
}>

function fits(task: Task, query: Query, today: string): boolean {
  const { state, assigneeId, initiativeId, priority, skill, link, open, overdue, text } = query
  const words = text?.toLowerCase()
  return (
    (state === undefined || task.state === state) &&
    (assigneeId === undefined || (task.assigneeId ?? 'none') === assigneeId) &&
    (initiativeId === undefined || (task.initiativeId ?? 'none') === initiativeId) &&
    (priority === undefined || task.priority === priority) &&
    (skill === undefined || (task.skill !== null && sameSkill(task.skill, skill))) &&
    (link === undefined || task.links.some(({ id }) => id === link)) &&
    (open === undefined || isOpenTask(task.state) === open) &&
    (overdue === undefined || isOverdue(task, today) === overdue) &&
    (words === undefined || `${task.title}\n${task.description}`.toLowerCase().includes(words))
  )
}

/** @throws {CapstanError} `request/not-found` for what a task names and nobody has */
async function requireParts(
  db: Db,
  task: Partial<Pick<Task, 'assigneeId' | 'initiativeId' | 'dependsOn' | 'links'>>,
): Promise<void> {
  await requireMember(db, task.assigneeId ?? null)
  if (task.initiativeId != null) await initiatives.get(db, task.initiativeId)
  for (const id of task.dependsOn ?? []) {
    if (!(await tasks.find(db, id))) throw new CapstanError('request/not-found', { noun: 'task', id })
  }
  for (const { noun, id } of task.links ?? []) await requireSubject(db, noun, id)
}

function refuseEdit(board: readonly Task[], task: Task): void {
  const refusal = editRefusal(board, task)
  if (refusal) throw refusedError(refusal)
}

const chargedFor = (task: Task) => [task.actualDays, task.initiativeId, task.assigneeId].join(' ')

/** Where there was no room between two, the others moved, too. */
async function saveRanks(
  { db }: Change,
  before: readonly Task[],
  after: readonly Pick<Task, 'id' | 'rank'>[],
  moved: string,
): Promise<void> {
  const ranks = new Map(before.map(({ id, rank }) => [id, rank]))
  for (const { id, rank } of after)
    if (id !== moved && ranks.get(id) !== rank) await tasks.change(db, id, (t) => ({ ...t, rank }))
}
