/** @file What the pages of access read and change. */
import type { Account, ApiToken, Member, Session, TokenInput } from '@capstan/api'
import { queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import { capstan } from '../../server/client.ts'
import { useWrite } from '../../server/writes.ts'

export const accessReads = {
  sessions: () =>
    queryOptions<Session[]>({
      queryKey: ['account', 'sessions'],
      queryFn: ({ signal }) => capstan().account.sessions(undefined, signal),
    }),
  tokens: () =>
    queryOptions<ApiToken[]>({
      queryKey: ['account', 'tokens'],
      queryFn: ({ signal }) => capstan().account.tokens(undefined, signal),
    }),
  accounts: () =>
    queryOptions<Account[]>({
      queryKey: ['accounts'],
      queryFn: ({ signal }) => capstan().members.accounts(undefined, signal),
      // whoever is no owner is not told, and needs no second answer
      retry: false,
    }),
}

export const useSignIn = () =>
  useWrite((body: { name: string; password: string }) => capstan().session.signIn({ body }))
export const useAccept = () =>
  useWrite((body: { code: string; password: string }) => capstan().session.accept({ body }))
export const useSignOut = () => useWrite((_: undefined) => capstan().session.signOut())
export const useSignOutEverywhere = () => useWrite((_: undefined) => capstan().account.signOutEverywhere())
export const useEndSession = () => useWrite((id: string) => capstan().account.endSession({ params: { id } }))
export const usePassword = () =>
  useWrite((body: { current: string; password: string }) => capstan().account.password({ body }))
export const useMakeToken = () =>
  useWrite((body: z.input<typeof TokenInput>) => capstan().account.createToken({ body }))
export const useRevokeToken = () =>
  useWrite((id: string) => capstan().account.revokeToken({ params: { id } }))

export const useAddMember = () =>
  useWrite((body: { name: string; roles: Member['roles'] }) => capstan().members.create({ body }))
export const useAccess = () =>
  useWrite(({ id, ...body }: { id: string; revision: number; roles?: Member['roles']; disabled?: boolean }) =>
    capstan().members.access({ params: { id }, body }),
  )
export const useInvite = () =>
  useWrite((id: string) => capstan().members.invite({ params: { id }, body: {} }))
export const usePutOut = () => useWrite((id: string) => capstan().members.signOut({ params: { id } }))
export const useFirstAccount = () =>
  useWrite(({ id, password }: { id: string; password: string }) =>
    capstan().members.setPassword({ params: { id }, body: { password } }),
  )
