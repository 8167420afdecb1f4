/** @file Routes of evaluations. */
import { api } from '@capstan/api'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { bind } from '../http/register.ts'
import { evaluations } from './store.ts'

export function evaluationRoutes(app: FastifyInstance, { db }: Context): void {
  bind(app, api.evaluations.list, () => evaluations.newest(db, 200))
  bind(app, api.evaluations.get, ({ params }) => evaluations.get(db, params.id))
}
