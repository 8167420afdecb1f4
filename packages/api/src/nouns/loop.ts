/** @file The loop: everything the first page shows, in one reading. */
import { z } from 'zod'
import { Count, Id, Instant, Interval, Message, Share } from '../contract/basics.ts'
import { route } from '../contract/route.ts'
import { Approval } from './approvals.ts'
import { Cycle, PhaseState } from './cycles.ts'
import { Evaluation } from './evaluations.ts'
import { Initiative } from './initiatives.ts'
import { Member } from './members.ts'
import { Version } from './registry.ts'
import { Allocation, Budget, Pool } from './resources.ts'
import { Proposal, Review } from './review.ts'
import { RiskSimulation } from './risk-decisions.ts'
import { Indicator } from './risk-watch.ts'
import { Run } from './runs.ts'
import { Endpoint } from './serving.ts'
import { KeyResultView, Objective } from './strategy.ts'
import { Workspace } from './workspace.ts'

/** One entry of the append-only audit log. */
export const Activity = z.object({
  seq: Count,
  at: Instant,
  /** Member id, `owner` for the person at this machine, `worker`, or `capstan`. */
  actor: z.string(),
  /** `<noun>.<past participle>`, for example `run.finished`. */
  kind: z.string(),
  noun: z.string(),
  id: z.string(),
  data: z.record(z.string(), z.unknown()),
})
export type Activity = z.infer<typeof Activity>

const Chance = z.object({ chance: Share, interval: Interval, at: Instant })

export const Loop = z.object({
  workspace: Workspace,
  cycle: Cycle.nullable(),
  phases: z.object({
    strategy: PhaseState,
    resources: PhaseState,
    team: PhaseState,
    risk: PhaseState,
    review: PhaseState,
  }),
  /** The cycle's end has passed and nobody has taken its review since; null while that is not so. */
  reviewDue: z.object({ end: Instant, message: Message }).nullable(),
  /** Chance that every key result of the cycle is met; null without evidence. */
  chance: z.object({ now: Chance.nullable(), before: Chance.nullable() }),
  objectives: z.array(Objective),
  keyResults: z.array(KeyResultView),
  initiatives: z.array(Initiative),
  pools: z.array(Pool),
  allocation: Allocation.nullable(),
  budgets: z.array(Budget),
  members: z.array(Member),
  /** How many tasks there are, dropped ones left out, and how many of them are done. */
  tasks: z.object({ all: Count, done: Count }),
  approvals: z.array(Approval),
  indicators: z.array(Indicator),
  /** Newest first; the first is today's, the last the plan's. */
  simulations: z.array(RiskSimulation),
  review: Review.nullable(),
  openProposals: z.array(Proposal),
  lifeCycle: z.object({
    datasets: Count,
    designs: Count,
    runs: Count,
    liveRuns: Count,
    evaluations: Count,
    versions: Count,
    endpoints: Count,
  }),
  /** The run under way, else the newest training run. */
  run: Run.nullable(),
  evaluation: Evaluation.nullable(),
  version: Version.nullable(),
  endpoint: Endpoint.nullable(),
  activity: z.array(Activity),
})
export type Loop = z.infer<typeof Loop>

/** A frame of the event stream; `seq` is null for progress that the audit log does not keep. */
export const LiveEvent = z.object({
  seq: Count.nullable(),
  at: Instant,
  kind: z.string(),
  noun: z.string(),
  id: Id,
  data: z.record(z.string(), z.unknown()),
})
export type LiveEvent = z.infer<typeof LiveEvent>

export const loopRoutes = {
  get: route({
    method: 'GET',
    path: '/api/v1/loop',
    summary: 'Everything the loop page shows',
    access: 'viewer',
    response: Loop,
  }),
  activity: route({
    method: 'GET',
    path: '/api/v1/activity',
    summary: 'The audit log, newest first',
    access: 'viewer',
    query: z.object({
      before: z.coerce.number().int().min(0).optional(),
      limit: z.coerce.number().int().min(1).max(500).default(50),
    }),
    response: z.array(Activity),
  }),
  verifyActivity: route({
    method: 'GET',
    path: '/api/v1/activity/verification',
    summary: "Recompute the audit log's hash chain",
    access: 'viewer',
    query: z
      .object({
        /** Where the log ended once, as it was printed then: its entries, and the hash of the last. */
        entries: z.coerce.number().int().min(1).optional(),
        head: z
          .string()
          .regex(/^[0-9a-f]{64}$/)
          .optional(),
      })
      .optional(),
    response: z.object({
      entries: Count,
      intact: z.boolean(),
      brokenAt: Count.nullable(),
      /** Hash of the last entry that is as it was written. */
      head: z.string(),
      /** How many entries the log had, at least, as kept beside the database; null before that was kept. */
      anchor: Count.nullable(),
    }),
  }),
}
