/** @file Members and sessions as rows to be shown. */
import type { Account, Member } from '@capstan/api'

export interface MemberRow {
  id: string
  name: string
  roles: Member['roles']
  revision: number
  /** null where the reader is not told. */
  account: Account | null
}

export function memberRows(
  members: readonly Member[],
  accounts: readonly Account[] | undefined,
): MemberRow[] {
  const known = new Map((accounts ?? []).map((account) => [account.memberId, account]))
  return members.map(({ id, name, roles, revision = 1 }) => {
    return { id, name, roles, revision, account: known.get(id) ?? null }
  })
}

/** A browser and its system in few words, from what it calls itself. */
export function agentName(agent: string): string {
  const browser = /(Edg|OPR|Firefox|Chrome|Safari|curl|node)[/ ]?(\d+)?/.exec(agent)
  const system = /(Windows|Mac OS X|Android|iPhone|iPad|Linux)/.exec(agent)?.[1]
  if (!browser) return agent.slice(0, 40) || '?'
  const names: Record<string, string> = { Edg: 'Edge', OPR: 'Opera', node: 'Node.js' }
  const name = [names[browser[1]!] ?? browser[1], browser[2]].filter(Boolean).join(' ')
  return system ? `${name}, ${system === 'Mac OS X' ? 'macOS' : system}` : name
}
