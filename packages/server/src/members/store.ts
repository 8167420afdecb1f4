/** @file Members of the workspace. */
import { CapstanError, type Member } from '@capstan/api'
import { type Db, recordStore } from '../database/records.ts'

export const members = recordStore<Member>('members', 'member')

/** @throws {CapstanError} `request/not-found` when an identifier is given and nobody has it */
export async function requireMember(db: Db, id: string | null): Promise<void> {
  if (id !== null && !(await members.find(db, id)))
    throw new CapstanError('request/not-found', { noun: 'member', id })
}
