/** @file The market: segments with sizes as ranges, competitors and trends with scores, SWOT. */
import { z } from 'zod'
import {
  ById,
  Count,
  Id,
  Instant,
  Interval,
  Name,
  Note,
  Origin,
  Revision,
  Share,
} from '../contract/basics.ts'
import { route } from '../contract/route.ts'

/** Least, most likely, greatest. */
const Range = z.strictObject({ low: z.number(), mode: z.number(), high: z.number() })
const Year = z.int().min(1990).max(2100)
const Size = Range.refine(({ low }) => low >= 0, { error: 'must not go below 0' })
const Growth = Range.refine(({ low }) => low > -1, { error: 'must stay above -1' })
const SegmentShare = Range.refine(({ low, high }) => low >= 0 && high <= 1, {
  error: 'must lie between 0 and 1',
})

export const Segment = z.object({
  id: Id,
  name: Name,
  summary: Note,
  /** Yearly spending in it, in the workspace's currency. */
  size: Range,
  /** A year, as a ratio: 0.2 is 20 %. */
  growth: Range,
  /** What the team may win of it, 0 to 1. */
  share: Range,
  /** Of the size. */
  year: Year,
  /** Where the figures come from. */
  source: Note,
  origin: Origin,
  createdAt: Instant,
  revision: Revision.optional(),
})
export type Segment = z.infer<typeof Segment>

const SizeRange = z.object({ mean: z.number(), p10: z.number(), p50: z.number(), p90: z.number() })
export const MarketOutlook = z.object({
  year: Year,
  segments: z.array(z.object({ id: Id, size: SizeRange, winnable: SizeRange })),
  total: z.object({ size: SizeRange, winnable: SizeRange }),
  /** What initiatives may bring against what their segment may: value if it works, and expected, as ratios. */
  initiatives: z.array(
    z.object({ initiativeId: Id, segmentId: Id, ifItWorks: z.number(), expected: z.number() }),
  ),
})
export type MarketOutlook = z.infer<typeof MarketOutlook>

/** What is compared: competitors, the team among them, or technology trends. */
export const ContenderKind = z.enum(['competitor', 'trend'])

export const Criterion = z.object({
  id: Id,
  of: ContenderKind,
  name: Name,
  /** Only the ratios of weights matter. */
  weight: z.number().gt(0).max(1000),
  /** What 0 and what 10 stand for. */
  scale: Note,
  origin: Origin,
  revision: Revision.optional(),
})
export type Criterion = z.infer<typeof Criterion>

const Score = z.strictObject({
  criterionId: Id,
  /** 0 is worst, 10 is best. */
  score: z.number().min(0).max(10),
  /** A report, a benchmark, a conversation: where it was read. */
  source: Note.min(1),
  /** Of what was read. */
  date: z.iso.date().optional(),
})

export const Contender = z.object({
  id: Id,
  kind: ContenderKind,
  name: Name,
  summary: Note,
  /** The team's own product among the competitors. */
  ours: z.boolean(),
  /** Of trends: how the team treats it. */
  stance: z.enum(['watch', 'try', 'adopt', 'leave']).nullable(),
  scores: z.array(Score),
  origin: Origin,
  createdAt: Instant,
  revision: Revision.optional(),
})
export type Contender = z.infer<typeof Contender>

export const ContenderComparison = z.object({
  kind: ContenderKind,
  standings: z.array(
    z.object({
      id: Id,
      name: Name,
      /** Weighted mean of what is scored, 0 to 10. */
      score: z.number().nullable(),
      /** With the missing scores at their worst and best. */
      range: Interval,
      /** Share of the weight that is scored. */
      known: Share,
      rank: Count.nullable(),
      /** Share of all ways to weigh the criteria in which it comes first. */
      firstShare: Share,
    }),
  ),
  /** Where the first is behind another, and by how many points. */
  behind: z.array(z.object({ criterionId: Id, leaderId: Id, by: z.number() })),
})
export type ContenderComparison = z.infer<typeof ContenderComparison>

export const SwotEntry = z.object({
  id: Id,
  kind: z.enum(['strength', 'weakness', 'opportunity', 'threat']),
  text: Name,
  note: Note,
  /** 1 to 5. */
  weight: z.int().min(1).max(5),
  /** What it rests on. */
  link: z
    .object({
      noun: z.enum(['measure', 'segment', 'competitor', 'trend', 'risk', 'initiative']),
      id: Id,
    })
    .nullable(),
  origin: Origin,
  createdAt: Instant,
  revision: Revision.optional(),
})
export type SwotEntry = z.infer<typeof SwotEntry>

const Removed = z.object({ id: Id })

const segmentRoutes = {
  segments: route({
    method: 'GET',
    path: '/api/v1/segments',
    summary: 'Market segments',
    access: 'viewer',
    response: z.array(Segment),
  }),
  addSegment: route({
    method: 'POST',
    path: '/api/v1/segments',
    summary: 'Add a market segment',
    access: 'lead',
    status: 201,
    body: z.strictObject({
      name: Name,
      summary: Note.default(''),
      size: Size,
      /** Of the size; the workspace's when left out. */
      currency: z.string().length(3).optional(),
      growth: Growth.default({ low: 0, mode: 0, high: 0 }),
      share: SegmentShare,
      year: Year,
      source: Note.min(1),
      origin: Origin.default('typed'),
    }),
    response: Segment,
  }),
  editSegment: route({
    method: 'PATCH',
    path: '/api/v1/segments/:id',
    summary: 'Change a market segment',
    access: 'lead',
    params: ById,
    body: z.strictObject({
      revision: Revision,
      name: Name.optional(),
      summary: Note.optional(),
      size: Size.optional(),
      currency: z.string().length(3).optional(),
      growth: Growth.optional(),
      share: SegmentShare.optional(),
      year: Year.optional(),
      source: Note.min(1).optional(),
    }),
    response: Segment,
  }),
  removeSegment: route({
    method: 'DELETE',
    path: '/api/v1/segments/:id',
    summary: 'Remove a market segment that no initiative is for',
    access: 'lead',
    params: ById,
    response: Removed,
  }),
  outlook: route({
    method: 'GET',
    path: '/api/v1/market/outlook',
    summary: 'What the segments come to in a year, and what of it may be won',
    access: 'viewer',
    query: z.object({
      year: z.coerce.number().pipe(Year).optional(),
      seed: z.coerce.number().pipe(Count).default(1),
    }),
    response: MarketOutlook,
  }),
}

const contenderRoutes = {
  criteria: route({
    method: 'GET',
    path: '/api/v1/criteria',
    summary: 'Criteria that competitors and trends are scored by',
    access: 'viewer',
    response: z.array(Criterion),
  }),
  addCriterion: route({
    method: 'POST',
    path: '/api/v1/criteria',
    summary: 'Add a criterion',
    access: 'lead',
    status: 201,
    body: z.strictObject({
      of: ContenderKind,
      name: Name,
      weight: Criterion.shape.weight.default(1),
      scale: Note.default(''),
      origin: Origin.default('typed'),
    }),
    response: Criterion,
  }),
  editCriterion: route({
    method: 'PATCH',
    path: '/api/v1/criteria/:id',
    summary: 'Change a criterion',
    access: 'lead',
    params: ById,
    body: z.strictObject({
      revision: Revision,
      name: Name.optional(),
      weight: Criterion.shape.weight.optional(),
      scale: Note.optional(),
    }),
    response: Criterion,
  }),
  removeCriterion: route({
    method: 'DELETE',
    path: '/api/v1/criteria/:id',
    summary: 'Remove a criterion without scores',
    access: 'lead',
    params: ById,
    response: Removed,
  }),
  contenders: route({
    method: 'GET',
    path: '/api/v1/contenders',
    summary: 'Competitors and technology trends, with their scores',
    access: 'viewer',
    query: z.object({ kind: ContenderKind.optional() }),
    response: z.array(Contender),
  }),
  addContender: route({
    method: 'POST',
    path: '/api/v1/contenders',
    summary: 'Add a competitor or a trend',
    access: 'lead',
    status: 201,
    body: z.strictObject({
      kind: ContenderKind,
      name: Name,
      summary: Note.default(''),
      ours: z.boolean().default(false),
      stance: Contender.shape.stance.default(null),
      scores: z.array(Score).max(100).default([]),
      origin: Origin.default('typed'),
    }),
    response: Contender,
  }),
  editContender: route({
    method: 'PATCH',
    path: '/api/v1/contenders/:id',
    summary: 'Change a competitor or a trend, or its scores',
    access: 'lead',
    params: ById,
    body: z.strictObject({
      revision: Revision,
      name: Name.optional(),
      summary: Note.optional(),
      ours: z.boolean().optional(),
      stance: Contender.shape.stance.optional(),
      scores: z.array(Score).max(100).optional(),
    }),
    response: Contender,
  }),
  removeContender: route({
    method: 'DELETE',
    path: '/api/v1/contenders/:id',
    summary: 'Remove a competitor or a trend',
    access: 'lead',
    params: ById,
    response: Removed,
  }),
  comparison: route({
    method: 'GET',
    path: '/api/v1/market/comparison',
    summary: 'Competitors or trends by weighted scores, and how much the order depends on the weights',
    access: 'viewer',
    query: z.object({ kind: ContenderKind.default('competitor') }),
    response: ContenderComparison,
  }),
}

const swotRoutes = {
  swot: route({
    method: 'GET',
    path: '/api/v1/swot',
    summary: 'Strengths, weaknesses, opportunities and threats',
    access: 'viewer',
    response: z.array(SwotEntry),
  }),
  addSwot: route({
    method: 'POST',
    path: '/api/v1/swot',
    summary: 'Add a strength, weakness, opportunity or threat',
    access: 'lead',
    status: 201,
    body: z.strictObject({
      kind: SwotEntry.shape.kind,
      text: Name,
      note: Note.default(''),
      weight: SwotEntry.shape.weight.default(3),
      link: SwotEntry.shape.link.default(null),
      origin: Origin.default('typed'),
    }),
    response: SwotEntry,
  }),
  editSwot: route({
    method: 'PATCH',
    path: '/api/v1/swot/:id',
    summary: 'Change an entry of the SWOT',
    access: 'lead',
    params: ById,
    body: z.strictObject({
      revision: Revision,
      kind: SwotEntry.shape.kind.optional(),
      text: Name.optional(),
      note: Note.optional(),
      weight: SwotEntry.shape.weight.optional(),
      link: SwotEntry.shape.link.optional(),
    }),
    response: SwotEntry,
  }),
  removeSwot: route({
    method: 'DELETE',
    path: '/api/v1/swot/:id',
    summary: 'Remove an entry of the SWOT',
    access: 'lead',
    params: ById,
    response: Removed,
  }),
}

export const marketRoutes = { ...segmentRoutes, ...contenderRoutes, ...swotRoutes }
