/** @file The one table of every route, by noun. */
import type { RouteTable } from './contract/route.ts'
import { accountRoutes, sessionRoutes } from './nouns/account.ts'
import { artifactRoutes } from './nouns/artifacts.ts'
import { commandRoutes, workerRoutes } from './nouns/commands.ts'
import { commentRoutes } from './nouns/comments.ts'
import { cycleRoutes } from './nouns/cycles.ts'
import { blobRoutes, datasetRoutes } from './nouns/datasets.ts'
import { designRoutes } from './nouns/designs.ts'
import { evaluationRoutes } from './nouns/evaluations.ts'
import { lineageRoutes } from './nouns/lineage.ts'
import { calendarRoutes } from './nouns/load.ts'
import { loggingRoutes } from './nouns/logging.ts'
import { loopRoutes } from './nouns/loop.ts'
import { marketRoutes } from './nouns/market.ts'
import { measureRoutes } from './nouns/measures.ts'
import { memberRoutes } from './nouns/members.ts'
import { inboxRoutes } from './nouns/notices.ts'
import { planRoutes } from './nouns/plans.ts'
import { registryRoutes } from './nouns/registry.ts'
import { reportRoutes } from './nouns/report.ts'
import { resourceRoutes } from './nouns/resources.ts'
import { reviewRoutes } from './nouns/review.ts'
import { riskRegisterRoutes } from './nouns/risk.ts'
import { riskDecisionRoutes } from './nouns/risk-decisions.ts'
import { riskWatchRoutes } from './nouns/risk-watch.ts'
import { jobRoutes, runRoutes } from './nouns/runs.ts'
import { runwayRoutes } from './nouns/runway.ts'
import { servingRoutes } from './nouns/serving.ts'
import { strategyRoutes } from './nouns/strategy.ts'
import { sweepRoutes } from './nouns/sweeps.ts'
import { teamRoutes } from './nouns/team.ts'
import { experimentRoutes, trackingRoutes } from './nouns/tracking.ts'
import { transferRoutes } from './nouns/transfer.ts'
import { webhookRoutes } from './nouns/webhooks.ts'
import { workspaceRoutes } from './nouns/workspace.ts'

export const api = {
  workspace: { ...workspaceRoutes, ...transferRoutes },
  loop: loopRoutes,
  session: sessionRoutes,
  account: accountRoutes,
  members: memberRoutes,
  cycles: cycleRoutes,
  measures: measureRoutes,
  strategy: strategyRoutes,
  market: marketRoutes,
  resources: resourceRoutes,
  runway: runwayRoutes,
  plans: planRoutes,
  team: teamRoutes,
  comments: commentRoutes,
  risk: { ...riskRegisterRoutes, ...riskWatchRoutes, ...riskDecisionRoutes },
  inbox: inboxRoutes,
  calendar: calendarRoutes,
  report: reportRoutes,
  webhooks: webhookRoutes,
  review: reviewRoutes,
  blobs: blobRoutes,
  datasets: datasetRoutes,
  designs: designRoutes,
  experiments: experimentRoutes,
  tracking: trackingRoutes,
  artifacts: artifactRoutes,
  runs: { ...runRoutes, ...commandRoutes },
  workers: workerRoutes,
  jobs: jobRoutes,
  logging: loggingRoutes,
  sweeps: sweepRoutes,
  evaluations: evaluationRoutes,
  registry: registryRoutes,
  lineage: lineageRoutes,
  serving: servingRoutes,
} satisfies RouteTable
export type Api = typeof api

/** The event stream, outside the table because it does not end. */
export const EVENTS_PATH = '/api/v1/events'
export const OPENAPI_PATH = '/api/v1/openapi.json'
