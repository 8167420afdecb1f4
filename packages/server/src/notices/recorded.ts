/** @file Tells people what was recorded: mentions, assignments, approvals, budgets, risks, runs that failed. */
import type { Activity, Member, Notice } from '@capstan/api'
import { type Message, mayVote, message, type NoticeKind, pageOf } from '@capstan/domain'
import type { Change, Context } from '../context.ts'
import type { Db } from '../database/records.ts'
import { members } from '../members/store.ts'
import { indicators, risks } from '../risk/store.ts'
import { findRun } from '../runs/store.ts'
import { subjectName } from '../subjects/store.ts'
import { approvals, policies, tasks } from '../team/store.ts'
import { queueDeliveries } from '../webhooks/store.ts'
import { deliverToInboxes, notices } from './store.ts'

type Entry = Pick<Activity, 'kind' | 'noun' | 'id' | 'data'>

/** What is to be told, before anybody knows of it. */
export type Told = {
  kind: NoticeKind
  subject: Notice['subject']
  message: Message
  to: readonly string[]
}

type Maker = (db: Db, entry: Entry) => Promise<Told[]>

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []

/** By the kind of an audit entry. */
const makers: Record<string, Maker> = {
  'comment.added': mentioned,
  'comment.edited': mentioned,
  'task.added': assigned,
  'task.edited': assigned,
  async 'approval.requested'(db, { id }) {
    const approval = await approvals.get(db, id)
    const policy = await policies.get(db, approval.policyId)
    const voters = (await members.list(db)).filter(
      (member) =>
        !(policy.notOwn && member.id === approval.requestedBy) &&
        member.roles.some((role) => mayVote(policy, { memberId: member.id, role })),
    )
    const { title } = approval
    return [
      {
        ...{ kind: 'approval-wanted', subject: { noun: 'approval', id } },
        message: message('notice.approvalWanted', {
          title,
          requester: await nameOf(db, approval.requestedBy),
        }),
        to: voters.map((member) => member.id),
      },
    ]
  },
  'approval.voted': decided,
  'approval.expired': decided,
  'budget.warned': budget,
  'budget.overrun': budget,
  async 'indicator.turned'(db, { id, data }) {
    if (data.to !== 'red') return []
    const indicator = await indicators.find(db, id)
    const risk = indicator && (await risks.find(db, indicator.riskId))
    if (!risk) return []
    const values = { risk: risk.name, measure: text(data.measure) }
    return [
      {
        ...{ kind: 'risk', subject: { noun: 'risk', id: risk.id } },
        message: message('notice.riskRed', values),
        to: [...(risk.ownerId ? [risk.ownerId] : []), ...(await leadsOf(db))],
      },
    ]
  },
  'run.failed': failed,
  'run.lost': failed,
  'cycle.ended': reviewDue,
  'cycle.overdue': reviewDue,
}

async function mentioned(db: Db, { data }: Entry): Promise<Told[]> {
  const to = texts(data.mentions)
  if (to.length === 0) return []
  const [noun, id] = [text(data.on), text(data.subject)]
  const names = await Promise.all(to.map((one) => nameOf(db, one)))
  const author = await nameOf(db, text(data.authorId))
  const values = { author, members: names.join(', '), subject: await subjectName(db, noun, id) }
  return [{ kind: 'mention', subject: { noun, id }, message: message('notice.mention', values), to }]
}

async function assigned(db: Db, { id, data }: Entry): Promise<Told[]> {
  const assigneeId = text(data.assigneeId)
  if (assigneeId === '') return []
  const task = await tasks.get(db, id)
  const values = { title: task.title, member: await nameOf(db, assigneeId) }
  const told = message('notice.assignment', values)
  return [{ kind: 'assignment', subject: { noun: 'task', id }, message: told, to: [assigneeId] }]
}

async function decided(db: Db, { id }: Entry): Promise<Told[]> {
  const { state, title, requestedBy } = await approvals.get(db, id)
  if (state === 'open') return []
  const told = message('notice.approvalDecided', { title, state })
  return [{ kind: 'approval-decided', subject: { noun: 'approval', id }, message: told, to: [requestedBy] }]
}

async function budget(db: Db, { id, data }: Entry): Promise<Told[]> {
  const name = await subjectName(db, 'initiative', text(data.initiativeId))
  const pool = await subjectName(db, 'pool', text(data.poolId))
  const numbers = { used: Number(data.used), amount: Number(data.amount), unit: text(data.unit) }
  const told = message('notice.budget', { name, pool, ...numbers })
  return [{ kind: 'budget', subject: { noun: 'budget', id }, message: told, to: await leadsOf(db) }]
}

async function reviewDue(db: Db, { id, data }: Entry): Promise<Told[]> {
  const told = message('notice.reviewDue', { name: text(data.name) })
  return [{ kind: 'review-due', subject: { noun: 'cycle', id }, message: told, to: await leadsOf(db) }]
}

/** Whoever started it; where that is nobody here, those who work on its initiative, or the leads. */
async function failed(db: Db, { id }: Entry): Promise<Told[]> {
  const run = await findRun(db, id)
  if (!run || run.lifecycle === 'deleted') return []
  const starter = (await members.list(db)).find((member) => [member.id, member.name].includes(run.user))
  const workers = (await tasks.list(db)).flatMap((task) =>
    run.initiativeId !== null && task.initiativeId === run.initiativeId && task.assigneeId !== null
      ? [task.assigneeId]
      : [],
  )
  const to = starter ? [starter.id] : workers.length > 0 ? workers : await leadsOf(db)
  const told = message('notice.runFailed', { name: run.name, number: run.number, state: run.state })
  return [{ kind: 'run-failed', subject: { noun: 'run', id }, message: told, to }]
}

export async function leadsOf(db: Db): Promise<string[]> {
  const leads = ({ roles }: Member) => roles.includes('lead') || roles.includes('owner')
  return (await members.list(db)).filter(leads).map(({ id }) => id)
}

export const nameOf = async (db: Db, id: string): Promise<string> => (await members.find(db, id))?.name ?? id

/** Runs at the end of the transaction that made the entries: who is told and what happened are saved together. */
export async function noticeRecorded(
  change: Change,
  entries: readonly Entry[],
  newId: Context['newId'],
): Promise<void> {
  for (const entry of entries) {
    const make = Object.hasOwn(makers, entry.kind) ? makers[entry.kind] : undefined
    if (!make) continue
    for (const told of await make(change.db, entry)) await tell(change, newId, told)
  }
}

/** Into the inboxes of those it concerns, but whoever did it; and into the outbox of webhooks. */
export async function tell(
  { db, at, actor }: Change,
  newId: Context['newId'],
  { kind, subject, message: said, to }: Told,
): Promise<void> {
  const memberIds = [...new Set(to)].filter((id) => id !== actor)
  const page = pageOf(subject.noun, subject.id)
  const notice = await notices.insert(db, {
    ...{ id: newId('notice'), kind, subject, page, message: said, memberIds, at },
  })
  await deliverToInboxes(db, notice)
  await queueDeliveries(db, newId, notice)
}
