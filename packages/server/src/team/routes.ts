/** @file Routes of a team's work. */
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { approvalRoutes } from './approvals.ts'
import { decisionRoutes } from './decisions.ts'
import { loadRoutes } from './load.ts'
import { taskRoutes } from './tasks.ts'

export function teamRoutes(app: FastifyInstance, context: Context): void {
  taskRoutes(app, context)
  approvalRoutes(app, context)
  decisionRoutes(app, context)
  loadRoutes(app, context)
}
