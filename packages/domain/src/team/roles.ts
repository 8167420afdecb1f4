/** @file Roles, and what each may do. */
import { type Message, message } from '../messages/message.ts'

export type Role = 'owner' | 'lead' | 'engineer' | 'reviewer' | 'viewer'

export type Action =
  | 'read'
  | 'comment'
  | 'manage-members'
  | 'manage-workspace'
  | 'plan'
  | 'allocate'
  | 'edit-task'
  | 'edit-risk'
  | 'edit-dataset'
  | 'start-run'
  | 'evaluate'
  | 'register-version'
  | 'move-version'
  | 'serve'
  | 'predict'
  | 'type-measure'
  | 'request-approval'
  | 'approve'
  | 'decide-proposal'
  | 'export'

const everyone = ['owner', 'lead', 'engineer', 'reviewer', 'viewer'] as const
const builders = ['owner', 'lead', 'engineer'] as const
const leads = ['owner', 'lead'] as const

/** Who may do what; the one place where it stands. */
export const rights = {
  read: everyone,
  predict: everyone,
  export: everyone,
  comment: ['owner', 'lead', 'engineer', 'reviewer'],
  'manage-members': ['owner'],
  'manage-workspace': ['owner'],
  plan: leads,
  allocate: leads,
  'decide-proposal': leads,
  'edit-task': builders,
  'edit-risk': ['owner', 'lead', 'engineer', 'reviewer'],
  'edit-dataset': builders,
  'start-run': builders,
  evaluate: ['owner', 'lead', 'engineer', 'reviewer'],
  'register-version': builders,
  'move-version': builders,
  serve: builders,
  'type-measure': ['owner', 'lead', 'engineer', 'reviewer'],
  'request-approval': builders,
  approve: ['owner', 'lead', 'engineer', 'reviewer'],
} as const satisfies Record<Action, readonly Role[]>

export const may = (role: Role, action: Action): boolean => (rights[action] as readonly Role[]).includes(role)

export const roleRefusal = (role: Role, action: Action): Message | null =>
  may(role, action) ? null : message('role.refused', { role, action, roles: rights[action].join(', ') })
