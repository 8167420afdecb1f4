/** @file Turns of the loop: how well each predicted itself, and the trend over them. */
import { z } from 'zod'
import { Count, Id, Instant, Share } from '../contract/basics.ts'

const Scored = z.object({ mean: z.number(), count: Count })

export const TurnRecord = z.object({
  cycleId: Id,
  number: Count,
  name: z.string(),
  /** The instants of the plan and of the last review. */
  from: Instant,
  to: Instant,
  /** An open turn is provisional: only what is decided already counts. */
  closed: z.boolean(),
  /** Mean Brier score of the chances given at the plan; 0 is perfect. */
  brier: Scored.nullable(),
  /** Mean CRPS of the values forecast, in shares of the way from baseline to target; 0 is perfect. */
  crps: Scored.nullable(),
  /** How often the 80 % intervals held what came, with the 80 % interval of that share. */
  coverage: z.object({ hits: Count, count: Count, share: Share, low: Share, high: Share }).nullable(),
  /** Geometric mean of actual over predicted, with its 80 % interval (none of a single estimate). */
  estimates: z
    .object({ factor: z.number(), low: z.number().nullable(), high: z.number().nullable(), count: Count })
    .nullable(),
  /** Expected value of what was chosen, at the plan and after the turn, in the workspace's currency. */
  value: z.object({ predicted: z.number(), came: z.number() }).nullable(),
  /** What the work done was planned to cost, and what was spent, in the workspace's currency. */
  budget: z.object({ predicted: z.number(), came: z.number(), error: z.number() }).nullable(),
})
export type TurnRecord = z.infer<typeof TurnRecord>

const Trend = z.object({
  /** Change of the miss a turn, with its 80 % interval. */
  slope: z.number(),
  low: z.number(),
  high: z.number(),
  count: Count,
  /** few: under three closed turns; unclear: the interval holds 0. */
  verdict: z.enum(['better', 'worse', 'unclear', 'few']),
})

export const TrackRecord = z.object({
  /** Oldest first. */
  turns: z.array(TurnRecord),
  trends: z.object({
    brier: Trend,
    crps: Trend,
    coverage: Trend,
    estimates: Trend,
    value: Trend,
    budget: Trend,
  }),
})
export type TrackRecord = z.infer<typeof TrackRecord>
