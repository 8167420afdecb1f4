/** @file Tasks, approval policies, approvals and decisions. */
import type { Approval, ApprovalPolicy, Decision, Task } from '@capstan/api'
import { recordStore } from '../database/records.ts'

export const tasks = recordStore<Task>('tasks', 'task')
export const policies = recordStore<ApprovalPolicy>('approval_policies', 'approval policy')
export const approvals = recordStore<Approval>('approvals', 'approval')
export const decisions = recordStore<Decision>('decisions', 'decision')
