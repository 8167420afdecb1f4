/** @file Writes the document of a demonstration: everything invented, dated around today, marked as a demonstration. */
import type {
  Contender,
  Criterion,
  Cycle,
  Decision,
  Initiative,
  KeyResult,
  Language,
  Lineage,
  Measure,
  Member,
  Objective,
  Pool,
  RunwayPlan,
  Segment,
  SwotEntry,
  Task,
} from '@capstan/api'
import { type Belief, betaOf, drawNormal, seeded } from '@capstan/domain'

const dayMs = 86_400_000

/** The same amount in each of so many weeks. */
export const weeks = (perWeek: number, count: number): number[] =>
  Array.from({ length: count }, () => perWeek)

/** What the tables of a document hold. */
type Tables = {
  members: Member[]
  cycles: Cycle[]
  objectives: Objective[]
  key_results: KeyResult[]
  measures: Omit<Measure, 'state' | 'latest' | 'notice'>[]
  initiatives: Initiative[]
  pools: Pool[]
  segments: Segment[]
  criteria: Criterion[]
  contenders: Contender[]
  swot_entries: SwotEntry[]
  tasks: Task[]
  decisions: Decision[]
  runway_plans: RunwayPlan[]
  lineages: Lineage[]
} & Record<
  | 'ledger'
  | 'measure_histories'
  | 'runs'
  | 'run_params'
  | 'run_tags'
  | 'metric_series'
  | 'metric_chunks'
  | 'models'
  | 'versions',
  object[]
>

export interface WorkspaceDocument {
  format: 'capstan-workspace'
  version: 1
  workspace: {
    name: string
    language: Language
    currency: string
    timeZone: string
    demonstration: true
    firstTurn: 'complete'
  }
  tables: Tables
}

const origin = 'demonstration' as const
type Without<T, K extends string> = Omit<T, K | 'origin' | 'revision' | 'createdAt'>

/** @param today the day that the story is told on; its instants are days before and after it */
export function storyteller(
  language: Language,
  today: Date,
  head: { name: string; currency: string; timeZone: string },
) {
  const midnight = Math.floor(today.getTime() / dayMs) * dayMs
  /** An instant so many days from today. */
  const day = (offset: number): string => new Date(midnight + offset * dayMs).toISOString()
  const date = (offset: number): string => day(offset).slice(0, 10)
  const tables: Tables = {
    members: [],
    cycles: [],
    objectives: [],
    key_results: [],
    measures: [],
    initiatives: [],
    pools: [],
    segments: [],
    criteria: [],
    contenders: [],
    swot_entries: [],
    tasks: [],
    decisions: [],
    runway_plans: [],
    lineages: [],
    ledger: [],
    measure_histories: [],
    runs: [],
    run_params: [],
    run_tags: [],
    metric_series: [],
    metric_chunks: [],
    models: [],
    versions: [],
  }
  const random = seeded(20260301)
  const noise = (spread: number) => spread * drawNormal(random)
  const invented = {
    noun: 'member' as const,
    id: 'capstan',
    note: word('Invented for the demonstration.', '为演示而虚构。'),
  }

  function word(en: string, zh: string): string {
    return language === 'zh-CN' ? zh : en
  }

  return {
    word,
    day,
    date,
    noise,
    document: (): WorkspaceDocument => ({
      ...{ format: 'capstan-workspace', version: 1 },
      workspace: { ...head, language, demonstration: true, firstTurn: 'complete' },
      tables,
    }),

    member(
      id: string,
      name: string,
      roles: Member['roles'],
      skills: string[],
      absences: [number, number][] = [],
    ): void {
      tables.members.push({
        ...{ id, name, roles, skills, daysPerPeriod: 5, origin, createdAt: day(-200) },
        absences: absences.map(([from, to]) => ({ from: date(from), to: date(to), note: '' })),
      })
    },
    cycle(
      id: string,
      number: number,
      name: string,
      [from, to]: [number, number],
      state: Cycle['state'],
    ): void {
      tables.cycles.push({ id, number, name, start: day(from), end: day(to), state, period: 'week' })
    },
    objective(id: string, cycleId: string, title: string, ownerId: string): void {
      tables.objectives.push({ id, cycleId, title, ownerId, origin, createdAt: day(-30) })
    },
    keyResult(given: Without<KeyResult, 'due'> & { due: number }): void {
      tables.key_results.push({ ...given, due: day(given.due), origin })
    },
    /** @param points days from today and values, with a little noise added already */
    measure(
      given: Pick<Measure, 'id' | 'name' | 'unit' | 'direction' | 'scale'> & { query?: Measure['query'] },
      points: readonly (readonly [day: number, value: number])[] = [],
      note: string = invented.note,
    ): void {
      const { query = { source: 'typed' }, ...rest } = given
      tables.measures.push({ ...rest, key: rest.id, staleAfterDays: 30, query, archived: false, revision: 1 })
      for (const [offset, value] of points)
        tables.measure_histories.push({
          ...{ measure_id: rest.id, at: day(offset + 1 / 3), value, origin },
          evidence: { ...invented, note },
        })
    },
    pool(given: Without<Pool, never>): void {
      tables.pools.push({ ...given, origin })
    },
    initiative({
      chance,
      ...given
    }: Partial<Without<Initiative, 'chance'>> &
      Pick<Initiative, 'id' | 'cycleId' | 'name' | 'summary' | 'value' | 'needs'> & {
        chance: Belief
      }): void {
      const { needs, latest } = given
      const duration = Math.max(1, ...Object.values(needs).map(({ length }) => length))
      tables.initiatives.push({
        ...{
          designId: null,
          earliest: 0,
          prerequisites: [],
          exclusions: [],
          estimatorId: null,
          evidence: [],
        },
        ...{ state: 'candidate', origin },
        ...given,
        latest: latest ?? 12 - duration,
        chance: betaOf(chance),
      })
    },
    task(
      given: Pick<Task, 'id' | 'initiativeId' | 'title' | 'assigneeId' | 'state' | 'estimateDays'> &
        Partial<Pick<Task, 'dependsOn' | 'actualDays' | 'priority'>> & { done?: number; due?: number },
    ): void {
      const { done, due, ...rest } = given
      tables.tasks.push({
        ...{ description: '', priority: 'normal', rank: tables.tasks.length, skill: null, dependsOn: [] },
        ...{ startEarly: false, actualDays: null, links: [], origin, createdAt: day(-28) },
        ...rest,
        due: due === undefined ? null : date(due),
        doneAt: done === undefined ? null : day(done),
      })
    },
    /** Decided on a chance of what it was for; `met` is how it came out, null while nobody knows. */
    decision(
      given: Pick<Decision, 'id' | 'cycleId' | 'title' | 'options' | 'chosen' | 'decidedBy'> & {
        reason: string
        at: number
        chance: number
        keyResultId?: string
        met: boolean | null
      },
    ): void {
      const { reason, at, chance, keyResultId, met, ...rest } = given
      tables.decisions.push({
        ...rest,
        reason: { code: 'decision.reason', values: { text: reason } },
        expectation: { chance, ...(keyResultId === undefined ? {} : { keyResultId }), origin: 'typed' },
        outcome: met === null ? null : { met, at: day(at + 60) },
        score: met === null ? null : { rule: 'brier', value: (chance - Number(met)) ** 2 },
        origin,
        at: day(at),
      })
    },
    segment(given: Without<Segment, never>): void {
      tables.segments.push({ ...given, origin, createdAt: day(-30) })
    },
    criterion(id: string, of: Criterion['of'], name: string, weight: number, scale = ''): void {
      tables.criteria.push({ id, of, name, weight, scale, origin })
    },
    contender(
      given: Pick<Contender, 'id' | 'kind' | 'name' | 'summary'> &
        Partial<Pick<Contender, 'ours' | 'stance'>>,
      scores: Record<string, number>,
    ): void {
      const source = word('Invented for the demonstration', '为演示而虚构')
      tables.contenders.push({
        ...{ ours: false, stance: null, origin, createdAt: day(-30) },
        ...given,
        scores: Object.entries(scores).map(([criterionId, score]) => ({ criterionId, score, source })),
      })
    },
    swot(kind: SwotEntry['kind'], text: string, weight: number, link: SwotEntry['link'] = null): void {
      const id = `swot-${tables.swot_entries.length + 1}`
      tables.swot_entries.push({ id, kind, text, note: '', weight, link, origin, createdAt: day(-30) })
    },
    /** Used on a day; `rate` is the pool's. */
    charge(initiativeId: string | null, poolId: string, quantity: number, offset: number): void {
      const { unit, rate } = tables.pools.find(({ id }) => id === poolId)!
      tables.ledger.push({
        ...{ id: `entry-${tables.ledger.length + 1}`, at: day(offset + 1 / 2), initiative_id: initiativeId },
        ...{ pool_id: poolId, quantity, unit, rate, cost: quantity * rate, origin, evidence: invented },
      })
    },
    runway(given: Without<RunwayPlan, 'id'>): void {
      tables.runway_plans.push({ id: 'runway', ...given, origin })
    },
    lineage(given: Without<Lineage, never>): void {
      tables.lineages.push({ ...given, origin })
    },
    version(modelName: string, number: number, stage: string, bytes: number): void {
      const id = `${modelName}-${number}`
      if (number === 1)
        tables.models.push({ id: modelName, name: modelName, description: '', createdAt: day(-60) })
      tables.versions.push({
        ...{ id, modelId: modelName, modelName, number, stage, bytes, createdAt: day(-60 + 10 * number) },
        ...{ runId: null, designId: null, evaluationId: null, initiativeId: null, blob: null },
      })
    },
    /** A run of other code with its parameters and the last value of one metric. */
    run(
      name: string,
      params: Record<string, string>,
      metric: { key: string; value: number },
      offset: number,
    ): void {
      const number = tables.runs.length + 1
      const at = Date.parse(day(offset))
      tables.runs.push(trackedRun(number, name, at))
      for (const [key, value] of Object.entries(params)) tables.run_params.push({ run: number, key, value })
      for (const [key, value] of [
        ['capstan.demonstration', 'true'],
        ['mlflow.runName', name],
      ] as const)
        tables.run_tags.push({ run: number, key, value })
      const span = { min_step: 1, max_step: 1, min_at: at, max_at: at }
      const one = { run: number, series: 1, points: 1, ...span }
      tables.metric_series.push({
        ...one,
        ...{ key: metric.key, appends: 1, latest_value: metric.value, latest_nan: 0, latest_step: 1 },
        ...{ latest_at: at, min_value: metric.value, max_value: metric.value },
      })
      const data = Buffer.from(Float64Array.of(at, 1, metric.value).buffer).toString('base64')
      tables.metric_chunks.push({ ...one, chunk: 1, level: 0, data })
    },
  }
}

export type Storyteller = ReturnType<typeof storyteller>

function trackedRun(number: number, name: string, at: number): object {
  const used = { cpuSeconds: 0, wallSeconds: 0, gpuSeconds: 0, peakMemoryBytes: 0, energyJoules: null }
  const from = new Date(at - 3 * 3_600_000).toISOString()
  return {
    ...{ id: `run-${number}`, number, kind: 'tracked', name, experimentId: '0', initiativeId: null },
    ...{ designId: null, datasetVersionId: null, parameters: null, model: null, parentRunId: null },
    ...{ state: 'finished', attempt: 0, worker: null, progress: null, epochLosses: [], validation: [] },
    ...{ checkpoint: null, cost: { ...used, amount: 0 }, estimatedSeconds: null, environment: {} },
    ...{ evaluationId: null, error: null, user: 'demonstration', lifecycle: 'active', deletedAt: null },
    ...{ createdAt: from, startedAt: from, endedAt: new Date(at).toISOString(), notBefore: null },
    execution: {
      ...{ command: null, priority: 0, cores: null, memoryBytes: null, gpus: 0, wallSeconds: null },
      ...{ maxAmount: null, retries: 0, failures: 0, machine: null, cpus: [], gpuIds: [], exitCode: null },
      ...{ rerunOf: null, approvalId: null, fresh: false },
    },
    ...{ chargedSeconds: 0, earlier: used, earlierPoolSeconds: 0, share: 1, points: 1, logged: 1 },
  }
}
