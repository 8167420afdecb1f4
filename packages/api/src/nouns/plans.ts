/** @file Plans of compute: scaling laws of the team's own runs, and what a training of a given size takes. */
import { z } from 'zod'
import { Count, Id, Message } from '../contract/basics.ts'
import { route } from '../contract/route.ts'

const Range = z.object({ low: z.number(), high: z.number() })
const Law = z.object({
  e: z.number(),
  a: z.number(),
  b: z.number(),
  alpha: z.number(),
  beta: z.number(),
})
const Key = z.string().min(1).max(250)
const Amount = z.number().positive().max(1e40)

export const ScalingPlan = z.object({
  /** L = E + A/N^alpha + B/D^beta. */
  law: Law,
  /** 80 % intervals by resampling the runs. */
  interval: z.object({ e: Range, a: Range, b: Range, alpha: Range, beta: Range }),
  /** Root mean square of the log residuals: the typical relative error of a fitted loss. */
  error: z.number(),
  covered: z.object({ parameters: Range, tokens: Range, flop: Range }),
  /** The runs it rests on, and how many that were found lack a number it needs. */
  runs: z.array(Id),
  skipped: Count,
  advice: z.array(
    z.object({
      flop: z.number(),
      /** Null beyond what the runs cover; then `refusal` says so. */
      best: z
        .object({
          parameters: z.number(),
          tokens: z.number(),
          loss: z.number(),
          interval: z.object({ parameters: Range, tokens: Range, loss: Range }),
        })
        .nullable(),
      refusal: Message.nullable(),
    }),
  ),
})
export type ScalingPlan = z.infer<typeof ScalingPlan>

export const DeviceProfile = z.strictObject({
  name: z.string().trim().min(1).max(100),
  /** Dense FLOP/s at the precision trained in. */
  flopPerSecond: Amount,
  memoryBytes: Amount,
  /** Per device and hour, in the workspace's currency. */
  rate: z.number().min(0).nullable().default(null),
})

export const ComputePlan = z.object({
  parameters: z.number(),
  flop: z.number(),
  /** Weights, gradients and the optimiser's state. */
  stateBytes: z.number(),
  plans: z.array(
    z.object({
      device: z.string(),
      hours: z.number(),
      deviceHours: z.number(),
      cost: z.number().nullable(),
      memoryBytes: z.number(),
      fits: z.boolean(),
      leastDevices: z.number().nullable(),
    }),
  ),
})
export type ComputePlan = z.infer<typeof ComputePlan>

export const planRoutes = {
  scaling: route({
    method: 'POST',
    path: '/api/v1/plans/scaling',
    summary: "Fit a scaling law to the team's finished runs, and read the best size for budgets from it",
    access: 'viewer',
    body: z.strictObject({
      /** Which runs: an expression as in the search of runs. */
      filter: z.string().max(4000).default(''),
      /** Names of the run parameters that hold N and D, and of the metric that holds the loss. */
      parameters: Key.default('parameters'),
      tokens: Key.default('tokens'),
      loss: Key.default('loss'),
      /** Budgets in FLOP. */
      budgets: z.array(Amount).max(50).default([]),
      seed: z.int().min(0).default(1),
    }),
    response: ScalingPlan,
  }),
  compute: route({
    method: 'POST',
    path: '/api/v1/plans/compute',
    summary: 'FLOP, hours, cost and memory of a training, by device',
    access: 'viewer',
    body: z.strictObject({
      training: z.discriminatedUnion('kind', [
        /** A language model: 6 N D. */
        z.strictObject({ kind: z.literal('tokens'), parameters: Amount, tokens: Amount }),
        /** A kept design: three times its forward pass for each sample. */
        z.strictObject({
          kind: z.literal('design'),
          designId: Id,
          samples: Amount,
          batch: z.int().min(1).max(1_000_000).default(64),
        }),
      ]),
      devices: z.int().min(1).max(1_000_000).default(1),
      /** Share of the devices' peak that a training reaches. */
      utilisation: z.number().gt(0).max(1).default(0.4),
      sharding: z.enum(['none', 'full']).default('full'),
      /** Without it, the devices that Capstan knows. */
      profiles: z.array(DeviceProfile).min(1).max(50).optional(),
    }),
    response: ComputePlan,
  }),
}
