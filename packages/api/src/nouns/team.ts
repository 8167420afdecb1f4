/** @file Tasks, approvals and decisions: the work of a team, as one noun of the table. */
import { approvalRoutes } from './approvals.ts'
import { decisionRoutes } from './decisions.ts'
import { loadRoutes } from './load.ts'
import { taskRoutes } from './tasks.ts'

export const teamRoutes = { ...taskRoutes, ...approvalRoutes, ...decisionRoutes, ...loadRoutes }
