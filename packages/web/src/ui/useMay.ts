/** @file What the reader may do: the server's own table and decision, asked before a button is shown. */
import { type Api, api, type Route, type SessionState } from '@capstan/api'
import { type Caller, verdictOf } from '@capstan/domain'
import { useQuery } from '@tanstack/react-query'
import { reads } from '../server/reads.ts'

export type May = <N extends keyof Api>(noun: N, verb: keyof Api[N]) => boolean

export function useMay(): May {
  const session = useQuery(reads.session()).data
  const caller = callerOf(session)
  return (noun, verb) => {
    const route = api[noun][verb] as Route
    return verdictOf(caller, { access: route.access, noun }) === 'allowed'
  }
}

export function callerOf(session: SessionState | undefined): Caller {
  if (!session || session.via === null) return { kind: 'nobody' }
  if (session.member) return { kind: 'member', roles: session.member.roles, scope: session.scope }
  return session.via === 'machine' ? { kind: 'machine' } : { kind: 'nobody' }
}

/** The members in whose name the reader may speak: everybody while one person has it all, then oneself. */
export function useSpeakers() {
  const session = useQuery(reads.session()).data
  const members = useQuery(reads.members()).data ?? []
  if (session?.mode !== 'accounts') return members
  return members.filter(({ id }) => id === session.member?.id)
}
