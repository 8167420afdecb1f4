/** @file Routes of members. */
import { api, CapstanError } from '@capstan/api'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { bind } from '../http/register.ts'
import { members } from './store.ts'

export function memberRoutes(app: FastifyInstance, { db, change, newId }: Context): void {
  bind(app, api.members.list, () => members.list(db))
  bind(app, api.members.create, ({ body, actor }) =>
    change(actor, async ({ db: tx, at, record }) => {
      if ((await members.list(tx)).some(({ name }) => name === body.name)) {
        throw new CapstanError('request/exists', { noun: 'member', id: body.name })
      }
      const member = await members.insert(tx, { id: newId('member'), ...body, createdAt: at })
      await record('member', 'added', member.id, { name: member.name, roles: member.roles })
      return member
    }),
  )
}
