/** @file What is late: tasks past their day, approvals that wait for long or will end soon. */
import type { Approval } from '@capstan/api'
import { mayVote, message } from '@capstan/domain'
import type { Db } from '../database/records.ts'
import { members } from '../members/store.ts'
import { leadsOf, type Told } from '../notices/recorded.ts'
import { approvals, policies, tasks } from './store.ts'
import { isOverdue, todayOf } from './tasks.ts'

/** An approval that is open for longer is overdue. */
export const approvalDays = 3
const HOUR = 3_600_000

/** Each with a key, so that it is told once. */
export async function lateThings(db: Db, at: string): Promise<{ key: string; told: Told }[]> {
  const today = await todayOf(db, at)
  const late = (await tasks.list(db)).filter((task) => isOverdue(task, today))
  const leads = late.length > 0 ? await leadsOf(db) : []
  const open = (await approvals.newest(db)).filter(({ state }) => state === 'open')
  return [
    ...late.map(({ id, title, due, assigneeId }) => ({
      key: `task ${id} ${due}`,
      told: {
        ...{ kind: 'overdue' as const, subject: { noun: 'task', id } },
        message: message('notice.overdueTask', { title, due: due ?? '' }),
        to: assigneeId === null ? leads : [assigneeId],
      },
    })),
    ...(await Promise.all(open.map((approval) => lateApproval(db, approval, at)))).flat(),
  ]
}

export const waitedDays = ({ createdAt }: Pick<Approval, 'createdAt'>, at: string): number =>
  Math.floor((Date.parse(at) - Date.parse(createdAt)) / (24 * HOUR))

async function lateApproval(db: Db, approval: Approval, at: string): Promise<{ key: string; told: Told }[]> {
  const { id, title, expiresAt } = approval
  const days = waitedDays(approval, at)
  const ends = expiresAt !== null && Date.parse(expiresAt) - Date.parse(at) < 24 * HOUR
  // what was asked for only hours ago is not urged at once
  const urgent = ends && Date.parse(at) - Date.parse(approval.createdAt) > HOUR
  if (days < approvalDays && !urgent) return []
  const told = urgent
    ? message('notice.endingApproval', { title, at: expiresAt ?? '' })
    : message('notice.overdueApproval', { title, days })
  const to = await missingVoters(db, approval)
  const key = `approval ${id} ${urgent ? 'ends' : 'waits'}`
  return [{ key, told: { kind: 'overdue', subject: { noun: 'approval', id }, message: told, to } }]
}

/** Who may still vote. */
export async function missingVoters(db: Db, { policyId, votes, requestedBy }: Approval): Promise<string[]> {
  const policy = await policies.get(db, policyId)
  const voted = new Set(votes.map(({ memberId }) => memberId))
  return (await members.list(db))
    .filter(({ id }) => !voted.has(id) && !(policy.notOwn && id === requestedBy))
    .filter(({ id, roles }) => roles.some((role) => mayVote(policy, { memberId: id, role })))
    .map(({ id }) => id)
}
