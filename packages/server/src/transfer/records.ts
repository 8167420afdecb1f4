/** @file The tables of records: one JSON document each, in the shape that the API gives them. */
import {
  Allocation,
  Approval,
  ApprovalPolicy,
  BlobHash,
  Contender,
  Criterion,
  Cycle,
  Dataset,
  DatasetVersion,
  Decision,
  Design,
  Endpoint,
  Evaluation,
  ExchangeRate,
  Gate,
  Holiday,
  Id,
  Incident,
  Indicator,
  Initiative,
  Instant,
  KeyResult,
  Lineage,
  Measure,
  MeasureOverride,
  Member,
  Message,
  Mitigation,
  Model,
  Objective,
  Pool,
  Proposal,
  Review,
  Revision,
  Risk,
  RiskAppetite,
  RiskCause,
  RiskSimulation,
  RunwayPlan,
  Segment,
  Snapshot,
  Sweep,
  SwotEntry,
  Task,
  Version,
} from '@capstan/api'
import { z } from 'zod'
import type { RecordTable } from '../database/schema.ts'
import { type Exported, isPlain, type Json, type Links, type Spec } from './spec.ts'

type Shape = z.ZodObject<z.ZodRawShape>

interface More {
  settle?: Spec['settle']
  /** Fields that came into records after documents of this version were written. */
  defaults?: Json
}

/** @param schema of what is stored; `revision` counts its changes and is 1 when left out */
function record(schema: Shape, links: Links = {}, { settle, defaults = {} }: More = {}): Spec {
  const revised = schema.extend({ revision: Revision.default(1) })
  return {
    // what nobody here knows of is refused, but in a shape that says it is open
    schema: z.preprocess(
      (given) => (isPlain(given) ? { ...defaults, ...given } : given),
      schema.def.catchall ? revised : revised.strict(),
    ) as unknown as z.ZodType<Json>,
    links,
    order: ['position'],
    key: ['id'],
    out: ({ body, revision }) => ({ ...(JSON.parse(String(body)) as Json), revision: Number(revision) }),
    into: ({ revision, ...body }) => ({ id: body.id, revision, body: JSON.stringify(body) }),
    ...(settle ? { settle } : {}),
  }
}

const Loose = z.array(z.looseObject({}))

/** The plan at one instant, in the words of the review's mathematics. */
const StoredSnapshot = z.looseObject({
  id: Id,
  cycleId: Id,
  at: Instant,
  reason: Snapshot.shape.reason,
  simulationId: Id.nullable(),
  titles: z.record(z.string(), z.string()),
  costs: z.record(z.string(), z.number()),
  keyResults: z.array(
    z.looseObject({
      id: Id,
      name: z.string(),
      target: z.number(),
      points: z.array(z.looseObject({ value: z.number() })),
      forecast: z.looseObject({ chance: z.number().nullable() }),
    }),
  ),
  initiatives: z.array(z.looseObject({ id: Id, name: z.string(), state: z.string() })),
  budgets: z.array(z.looseObject({ initiativeId: Id, poolId: Id, budget: z.number(), spent: z.number() })),
  risks: z.array(z.looseObject({ id: Id, name: z.string(), frequency: z.record(z.string(), z.number()) })),
  lossProfile: z.looseObject({ ale: z.number(), var95: z.number() }).nullable(),
  decisions: Loose,
  estimates: Loose,
  allocation: z.looseObject({ id: Id }).nullable(),
})

const Alert = z.object({
  id: z.string().max(140),
  initiativeId: Id,
  poolId: Id,
  state: z.enum(['within', 'warning', 'over']),
  message: Message,
  burn: z.number(),
  at: Instant,
})

export const recordSpecs = {
  members: record(Member),
  cycles: record(Cycle),
  objectives: record(Objective, { cycleId: 'cycles', ownerId: 'members' }),
  key_results: record(KeyResult, { objectiveId: 'objectives', measureId: 'measures' }),
  measures: record(
    Measure.omit({ state: true, latest: true, notice: true }).extend({
      archived: z.boolean().optional(),
    }),
    { 'query.measureId': 'measures', 'query.measureIds.*': 'measures' },
  ),
  measure_overrides: record(MeasureOverride.extend({ ended: z.boolean().optional() }), {
    measureId: 'measures',
  }),
  initiatives: record(Initiative, {
    cycleId: 'cycles',
    designId: 'designs',
    'needs.@': 'pools',
    'prerequisites.*': 'initiatives',
    'exclusions.*': 'initiatives',
    'serves.*': 'key_results',
    segmentId: 'segments',
    estimatorId: 'members',
    'evidence.*': 'evidence',
  }),
  pools: record(Pool),
  allocations: record(Allocation, {
    cycleId: 'cycles',
    'result.chosen.*.initiativeId': 'initiatives',
    'grants.*.initiativeId': 'initiatives',
    'grants.*.poolId': 'pools',
  }),
  holidays: record(Holiday),
  exchange_rates: record(ExchangeRate),
  budget_alerts: record(Alert, { initiativeId: 'initiatives', poolId: 'pools' }),
  runway_plans: record(RunwayPlan),
  segments: record(Segment),
  criteria: record(Criterion),
  contenders: record(Contender, { 'scores.*.criterionId': 'criteria' }),
  swot_entries: record(SwotEntry),
  lineages: record(Lineage, { id: 'versions', 'parents.*': 'versions' }),
  tasks: record(
    Task,
    { initiativeId: 'initiatives', assigneeId: 'members', 'dependsOn.*': 'tasks' },
    {
      defaults: {
        ...{ description: '', due: null, priority: 'normal', skill: null, startEarly: false, rank: 0 },
        ...{ actualDays: null, dependsOn: [], links: [], doneAt: null },
      },
    },
  ),
  approval_policies: record(ApprovalPolicy),
  approvals: record(Approval, {
    policyId: 'approval_policies',
    runId: 'runs',
    requestedBy: 'members',
    'votes.*.memberId': 'members',
  }),
  comments: record(z.looseObject({ id: Id })),
  notices: record(z.looseObject({ id: Id })),
  webhooks: { leftOut: 'they hold secrets and addresses of others; they are set up anew' },
  decisions: record(Decision, {
    cycleId: 'cycles',
    decidedBy: 'members',
    'expectation.keyResultId': 'key_results',
  }),
  risks: record(
    Risk.omit({ now: true }),
    { ownerId: 'members', 'causes.*.causeId': 'risk_causes', 'triggeredBy.*.riskId': 'risks' },
    {
      defaults: {
        ...{ reasons: [], frequencyRange: null, causes: [], triggeredBy: [], catalogueKey: null },
        ...{ references: [], archived: false, estimatedAt: new Date().toISOString() },
      },
    },
  ),
  indicators: record(
    // documents of before held the state, which is now what the last value said
    Indicator.omit({ state: true }).extend({ state: z.string().optional() }),
    { riskId: 'risks', measureId: 'measures' },
    { defaults: { hysteresis: 0, factors: { green: 1, amber: 1.5, red: 3 }, said: 'unknown' } },
  ),
  risk_causes: record(RiskCause, { 'correlations.*.causeId': 'risk_causes' }),
  mitigations: record(Mitigation.omit({ worth: true }), { riskId: 'risks', ownerId: 'members' }),
  incidents: record(Incident, { riskId: 'risks', initiativeId: 'initiatives' }),
  risk_appetites: record(RiskAppetite.omit({ standing: true }).extend({ id: Id })),
  risk_simulations: record(RiskSimulation, { cycleId: 'cycles' }),
  snapshots: record(StoredSnapshot, { cycleId: 'cycles' }),
  reviews: record(
    Review.omit({ before: true, after: true, proposals: true }).extend({ beforeId: Id, afterId: Id }),
    { cycleId: 'cycles', beforeId: 'snapshots', afterId: 'snapshots', 'scores.*.decisionId': 'decisions' },
  ),
  proposals: record(Proposal, { reviewId: 'reviews', decidedBy: 'members' }),
  datasets: record(Dataset.omit({ versions: true })),
  dataset_versions: record(DatasetVersion, { datasetId: 'datasets' }),
  designs: record(Design),
  evaluations: record(Evaluation, {
    runId: 'runs',
    evaluationRunId: 'runs',
    datasetVersionId: 'dataset_versions',
  }),
  models: record(Model.omit({ versions: true }).extend({ lastNumber: z.int().optional() })),
  versions: record(Version.extend({ blob: BlobHash.nullable() }), {
    modelId: 'models',
    runId: 'runs',
    designId: 'designs',
    evaluationId: 'evaluations',
    initiativeId: 'initiatives',
  }),
  gates: record(Gate),
  endpoints: record(Endpoint.omit({ state: true, error: true, provider: true }), { versionId: 'versions' }),
  sweeps: record(
    Sweep.omit({ trials: true, best: true, spent: true }),
    { 'subject.designId': 'designs', 'subject.datasetVersionId': 'dataset_versions' },
    {
      settle: (sweep, at) =>
        sweep.state === 'running' ? { ...sweep, state: 'stopped', endedAt: at } : sweep,
    },
  ),
} satisfies Record<RecordTable, Exported>
