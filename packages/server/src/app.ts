/** @file Puts the HTTP application together: guard, errors, every noun's routes, the page. */
import Fastify, { type FastifyInstance, LogController } from 'fastify'
import { manageRoutes } from './accounts/manage.ts'
import { accountRoutes } from './accounts/routes.ts'
import { artifactRoutes } from './artifacts/routes.ts'
import { calendarRoutes } from './calendar/routes.ts'
import { commentRoutes } from './comments/routes.ts'
import type { Context } from './context.ts'
import { cycleRoutes } from './cycles/routes.ts'
import { blobRoutes, datasetRoutes } from './datasets/routes.ts'
import { designRoutes } from './designs/routes.ts'
import { evaluationRoutes } from './evaluations/routes.ts'
import { logStreamRoute } from './executions/log.ts'
import { executionRoutes } from './executions/routes.ts'
import { experimentRoutes } from './experiments/routes.ts'
import { answerErrors } from './http/errors.ts'
import { eventRoute } from './http/events.ts'
import { type GuardOptions, guard, runTokenOf } from './http/guard.ts'
import { apiPages, safeHeaders, webPages } from './http/page.ts'
import { jobRoutes } from './jobs/routes.ts'
import { lineageRoutes } from './lineage/routes.ts'
import { loggingRoutes } from './logging/routes.ts'
import { loopRoutes } from './loop/routes.ts'
import { marketRoutes } from './market/routes.ts'
import { measureRoutes } from './measures/routes.ts'
import { memberRoutes } from './members/routes.ts'
import { mlflowRoutes } from './mlflow/routes.ts'
import { inboxRoutes } from './notices/routes.ts'
import { planRoutes } from './plans/routes.ts'
import { registryRoutes } from './registry/routes.ts'
import { reportRoutes } from './report/routes.ts'
import { resourceRoutes } from './resources/routes.ts'
import { reviewRoutes } from './review/routes.ts'
import { riskRoutes } from './risk/routes.ts'
import { runRoutes } from './runs/routes.ts'
import { runwayRoutes } from './runway/routes.ts'
import { inferenceRoutes } from './serving/inference.ts'
import { servingRoutes } from './serving/routes.ts'
import type { Serving } from './serving/service.ts'
import { strategyRoutes } from './strategy/routes.ts'
import { sweepRoutes } from './sweeps/routes.ts'
import { teamRoutes } from './team/routes.ts'
import { trackingRoutes } from './tracking/routes.ts'
import { transferRoutes } from './transfer/routes.ts'
import type { AddressPolicy } from './webhooks/address.ts'
import { webhookRoutes } from './webhooks/routes.ts'
import { workspaceRoutes } from './workspace/routes.ts'

const BODY_LIMIT_BYTES = 4 << 20

export interface AppOptions {
  access: GuardOptions
  /** Whose word on the sender's address, host and protocol counts. */
  proxies: string[] | false
  webRoot?: string
  /** Where webhooks may go. */
  addresses: AddressPolicy
}

export async function buildApp(
  context: Context,
  serving: Serving,
  { access, proxies, webRoot, addresses }: AppOptions,
): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: context.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    routerOptions: { maxParamLength: 200 },
    forceCloseConnections: true,
    trustProxy: proxies,
  }) as unknown as FastifyInstance
  answerErrors(app)
  await guard(app, access)
  safeHeaders(app)
  accountRoutes(app, context, access.accounts)
  manageRoutes(app, context, access.accounts)
  workspaceRoutes(app, context)
  loopRoutes(app, context, serving)
  for (const routes of [
    memberRoutes,
    cycleRoutes,
    measureRoutes,
    strategyRoutes,
    marketRoutes,
    resourceRoutes,
    runwayRoutes,
    planRoutes,
    teamRoutes,
    commentRoutes,
    inboxRoutes,
    calendarRoutes,
    reportRoutes,
    riskRoutes,
    reviewRoutes,
    datasetRoutes,
    blobRoutes,
    designRoutes,
    runRoutes,
    experimentRoutes,
    trackingRoutes,
    artifactRoutes,
    executionRoutes,
    loggingRoutes,
    sweepRoutes,
    evaluationRoutes,
    registryRoutes,
    lineageRoutes,
    mlflowRoutes,
  ]) {
    routes(app, context)
  }
  jobRoutes(app, context, (runId) => runTokenOf(access.workerToken, runId))
  webhookRoutes(app, context, addresses)
  logStreamRoute(app, context)
  servingRoutes(app, context, serving)
  transferRoutes(app, context, serving)
  inferenceRoutes(app, context, serving)
  eventRoute(app, context)
  await apiPages(app, context.version)
  await webPages(app, webRoot)
  return app
}
