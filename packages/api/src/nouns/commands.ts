/** @file Routes of runs of any command: starting, logs, what was captured, repeating, workers. */
import { z } from 'zod'
import { ById, Count, Flag } from '../contract/basics.ts'
import { route } from '../contract/route.ts'
import { Capture, CommandInput, LogPage, Repetition, Waiting, Worker } from './execution.ts'
import { Run } from './runs.ts'

export const commandRoutes = {
  command: route({
    method: 'POST',
    path: '/api/v1/runs/commands',
    summary: 'Queue a run of any command; refused, or sent for approval, when it would break a budget',
    access: 'engineer',
    status: 201,
    body: CommandInput,
    response: Run,
  }),
  rerun: route({
    method: 'POST',
    path: '/api/v1/runs/:id/rerun',
    summary: 'Queue a repetition: same command or design, code, parameters, seed and data',
    access: 'engineer',
    status: 201,
    params: ById,
    body: z.strictObject({}),
    response: Run,
  }),
  resume: route({
    method: 'POST',
    path: '/api/v1/runs/:id/resumption',
    summary: 'Queue a failed or lost run again, from its last checkpoint',
    access: 'engineer',
    params: ById,
    body: z.strictObject({}),
    response: Run,
  }),
  repetition: route({
    method: 'GET',
    path: '/api/v1/runs/:id/repetition',
    summary: 'Whether a repetition has equal results, and where not; compares with `with` when it is given',
    access: 'viewer',
    params: ById,
    query: z.object({
      with: ById.shape.id.optional(),
      relative: z.coerce.number().min(0).max(10).default(1e-5),
      absolute: z.coerce.number().min(0).default(1e-8),
      /** Metrics that are expected to differ, separated by commas. */
      ignore: z.string().max(10_000).default(''),
    }),
    response: Repetition,
  }),
  capture: route({
    method: 'GET',
    path: '/api/v1/runs/:id/capture',
    summary: 'Command, code, environment and packages of a run',
    access: 'viewer',
    params: ById,
    response: Capture,
  }),
  waiting: route({
    method: 'GET',
    path: '/api/v1/runs/:id/waiting',
    summary: 'Why a queued run has not started yet',
    access: 'viewer',
    params: ById,
    response: Waiting,
  }),
  logs: route({
    method: 'GET',
    path: '/api/v1/runs/:id/logs',
    summary: 'What a run printed, from an offset or its last bytes; `/logs/stream` follows it by events',
    access: 'viewer',
    params: ById,
    query: z.object({
      offset: z.coerce.number().int().min(0).optional(),
      /** Instead of an offset: so many of the last bytes. */
      tail: z.coerce.number().int().min(0).optional(),
      limit: z.coerce
        .number()
        .int()
        .min(1)
        .max(4 << 20)
        .default(1 << 20),
    }),
    response: LogPage,
  }),
}

export const workerRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/workers',
    summary: 'Workers heard of lately, with their machines and what they run',
    access: 'viewer',
    query: z.object({ all: Flag.default(false) }),
    response: z.object({ workers: z.array(Worker), queued: Count }),
  }),
}

/** Follows a run's log: server-sent events, each a `LogPage`; outside the table because it does not end at once. */
export const LOG_STREAM_PATH = '/api/v1/runs/:id/logs/stream'
