/** @file Who may call which route: the one table of roles, and the one decision over it. */
import type { Role } from './roles.ts'

/**
 * What a route wants of its caller. `open` is anybody; `member` any person, for what they do in their own name;
 * `worker` a job worker holding the server's own token.
 */
export type Access = 'open' | 'member' | 'viewer' | 'engineer' | 'reviewer' | 'lead' | 'owner' | 'worker'

const everyone = ['owner', 'lead', 'engineer', 'reviewer', 'viewer'] as const

/** The roles that each access lets in. */
export const accessRoles = {
  open: everyone,
  member: everyone,
  viewer: everyone,
  engineer: ['owner', 'lead', 'engineer'],
  reviewer: ['owner', 'lead', 'reviewer'],
  lead: ['owner', 'lead'],
  owner: ['owner'],
  worker: [],
} as const satisfies Record<Access, readonly Role[]>

/** What a token is narrowed to, whatever the roles of its member. */
export type Scope = {
  /** It does no more than this role may. */
  role: Role
  /** Only routes of these nouns; null is all of them. */
  nouns: readonly string[] | null
  /** It changes nothing. */
  readOnly: boolean
}

export type Caller =
  /** Nobody who has said who they are. */
  | { kind: 'nobody' }
  /** The person at this machine, or whoever holds what only the workspace's folder tells. */
  | { kind: 'machine' }
  | { kind: 'worker' }
  /** The command of a run, by the token it was given. */
  | { kind: 'run' }
  | { kind: 'member'; roles: readonly Role[]; scope: Scope | null }

export type Verdict = 'allowed' | 'sign-in' | 'role' | 'scope'

/** Nouns whose routes change how somebody signs in: a token, which may be stolen, cannot. */
const ownNouns: ReadonlySet<string> = new Set(['account'])

/** What a command may do with the token of its run. */
const runMay: ReadonlySet<Access> = new Set(['viewer', 'engineer'])

/** The one decision that lets a call in. */
export function verdictOf(caller: Caller, { access, noun }: { access: Access; noun: string }): Verdict {
  if (access === 'open') return 'allowed'
  switch (caller.kind) {
    case 'nobody':
      return 'sign-in'
    case 'machine':
      return access === 'worker' ? 'role' : 'allowed'
    case 'worker':
      // a worker reads, and uploads checkpoints and models
      return access === 'worker' || access === 'viewer' || noun === 'blobs' ? 'allowed' : 'role'
    case 'run':
      return runMay.has(access) && !ownNouns.has(noun) ? 'allowed' : 'role'
    case 'member': {
      const lets: readonly Role[] = accessRoles[access]
      if (!caller.roles.some((role) => lets.includes(role))) return 'role'
      return caller.scope === null || within(caller.scope, access, noun) ? 'allowed' : 'scope'
    }
  }
}

function within({ role, nouns, readOnly }: Scope, access: Access, noun: string): boolean {
  if (ownNouns.has(noun)) return false
  if (nouns !== null && !nouns.includes(noun)) return false
  if (readOnly) return access === 'viewer'
  return (accessRoles[access] as readonly Role[]).includes(role)
}
