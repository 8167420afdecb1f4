/** @file Tasks, approval policies, approvals and decisions. */
import type { Approval, ApprovalPolicy, Decision, Task } from '@capstan/api'
import { lastRank } from '@capstan/domain'
import { type Db, recordStore } from '../database/records.ts'

export const tasks = recordStore<Task>('tasks', 'task')
export const policies = recordStore<ApprovalPolicy>('approval_policies', 'approval policy')
export const approvals = recordStore<Approval>('approvals', 'approval')
export const decisions = recordStore<Decision>('decisions', 'decision')

/** What a task is before anything else is said of it, at the end of the board. */
export async function plainTask(db: Db): Promise<Omit<Task, 'id' | 'title' | 'origin' | 'createdAt'>> {
  return {
    ...{ initiativeId: null, description: '', assigneeId: null, state: 'todo', priority: 'normal' },
    ...{ rank: lastRank(await tasks.list(db)), skill: null, due: null, dependsOn: [], startEarly: false },
    ...{ estimateDays: 0, actualDays: null, links: [], doneAt: null },
  }
}
