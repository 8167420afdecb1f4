/** @file Routes of members. */
import { api, CapstanError, type Member, refusedError } from '@capstan/api'
import { dayOfDate, message } from '@capstan/domain'
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
      refuseBackward(body.absences)
      const member = await members.insert(tx, { id: newId('member'), ...body, createdAt: at })
      await record('member', 'added', member.id, { name: member.name, roles: member.roles })
      return member
    }),
  )
  bind(app, api.members.edit, ({ params, body, actor }) =>
    change(actor, async ({ db: tx, record }) => {
      const { revision, ...given } = body
      refuseBackward(body.absences ?? [])
      const member = await members.edit(tx, params.id, revision, (m) => ({ ...m, ...given }))
      await record('member', 'edited', member.id, {
        name: member.name,
        fields: Object.keys(given).join(', '),
      })
      return member
    }),
  )
}

/** @throws {CapstanError} `request/refused` for an absence that ends before it begins */
function refuseBackward(absences: NonNullable<Member['absences']>): void {
  for (const { from, to } of absences)
    if (dayOfDate(to) < dayOfDate(from)) throw refusedError(message('member.absent', { from, to }))
}
