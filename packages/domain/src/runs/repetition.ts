/** @file Compares a run with its repetition: are the results equal, and if not, where and perhaps why. */

export type RunFacts = {
  state: string
  exitCode: number | null
  /** What it ran: words of a command, or the design of a built-in run. */
  command: string
  /** Code, data set versions, packages, hardware and so on by name. */
  code: Readonly<Record<string, string>>
  environment: Readonly<Record<string, string>>
  packages: Readonly<Record<string, string>>
  data: Readonly<Record<string, string>>
  parameters: Readonly<Record<string, string | number | boolean>>
  /** Points by step, sorted. */
  metrics: Readonly<Record<string, readonly { step: number; value: number }[]>>
  /** SHA-256 by path. */
  artifacts: Readonly<Record<string, string>>
}

/** |a - b| <= absolute + relative * max(|a|, |b|) counts as near. */
export type Tolerance = { absolute: number; relative: number }

export const defaultTolerance: Tolerance = { absolute: 1e-8, relative: 1e-5 }

export type CauseArea = 'command' | 'code' | 'data' | 'parameters' | 'environment' | 'packages'

export type Cause = { area: CauseArea; key: string; before: string | null; after: string | null }

export type MetricDifference = {
  key: string
  /** Last values; null where a run has none. */
  before: number | null
  after: number | null
  equal: 'identical' | 'near' | 'different'
  /** The first step at which the curves are not identical; null when they are. */
  departsAt: number | null
  /** The largest difference at a step that both have. */
  largest: number
  /** Steps that only one of them has. */
  unmatched: number
}

export type ArtifactDifference = { path: string; before: string | null; after: string | null }

export type Repetition = {
  /** `nothing`: neither metrics nor artifacts to compare, only the way it ended. */
  verdict: 'identical' | 'near' | 'different' | 'nothing'
  /** What was not the same to begin with, most telling first. */
  causes: Cause[]
  ending: { before: string; after: string; equal: boolean }
  /** Those that differ first, the largest relative difference first. */
  metrics: MetricDifference[]
  artifacts: { equal: number; different: ArtifactDifference[] }
}

const areas: readonly CauseArea[] = ['command', 'code', 'data', 'parameters', 'environment', 'packages']

/** What a machine does beside the computation, never the same twice. */
const incidental =
  /^system[/.]|(^|[._/-])(seconds|duration|elapsed|walltime|throughput|samples[_-]per[_-]second)$/i

/**
 * @param ignore metrics that are expected to differ, beside those that measure time
 */
export const compareRepetition = (
  before: RunFacts,
  after: RunFacts,
  tolerance = defaultTolerance,
  ignore: readonly string[] = [],
): Repetition => {
  const skip = (key: string) => incidental.test(key) || ignore.includes(key)
  const metrics = [...new Set([...Object.keys(before.metrics), ...Object.keys(after.metrics)])]
    .filter((key) => !skip(key))
    .sort()
    .map((key) => compareCurves(key, before.metrics[key] ?? [], after.metrics[key] ?? [], tolerance))
    .sort((a, b) => rank[a.equal] - rank[b.equal] || relativeSize(b) - relativeSize(a))
  const paths = [...new Set([...Object.keys(before.artifacts), ...Object.keys(after.artifacts)])].sort()
  const different = paths
    .map((path) => ({ path, before: before.artifacts[path] ?? null, after: after.artifacts[path] ?? null }))
    .filter((a) => a.before !== a.after)
  const ending = endingOf(before, after)
  return {
    verdict: verdictOf(ending.equal, metrics, paths.length, different.length),
    causes: causesOf(before, after),
    ending,
    metrics,
    artifacts: { equal: paths.length - different.length, different },
  }
}

const rank = { different: 0, near: 1, identical: 2 } as const

function verdictOf(
  endsEqual: boolean,
  metrics: readonly MetricDifference[],
  artifacts: number,
  differentArtifacts: number,
): Repetition['verdict'] {
  if (!endsEqual || differentArtifacts > 0 || metrics.some(({ equal }) => equal === 'different'))
    return 'different'
  if (metrics.length === 0 && artifacts === 0) return 'nothing'
  return metrics.some(({ equal }) => equal === 'near') ? 'near' : 'identical'
}

function endingOf(before: RunFacts, after: RunFacts): Repetition['ending'] {
  const say = ({ state, exitCode }: RunFacts) => (exitCode === null ? state : `${state} (${exitCode})`)
  return { before: say(before), after: say(after), equal: say(before) === say(after) }
}

function causesOf(before: RunFacts, after: RunFacts): Cause[] {
  const causes: Cause[] = []
  for (const area of areas) {
    const [x, y] =
      area === 'command' ? [{ '': before.command }, { '': after.command }] : [before[area], after[area]]
    for (const key of [...new Set([...Object.keys(x), ...Object.keys(y)])].sort()) {
      const [a, b] = [textOf(x, key), textOf(y, key)]
      if (a !== b) causes.push({ area, key, before: a, after: b })
    }
  }
  return causes
}

const textOf = (record: Readonly<Record<string, string | number | boolean>>, key: string): string | null =>
  Object.hasOwn(record, key) ? String(record[key]) : null

function compareCurves(
  key: string,
  before: RunFacts['metrics'][string],
  after: RunFacts['metrics'][string],
  tolerance: Tolerance,
): MetricDifference {
  const later = new Map(after.map(({ step, value }) => [step, value]))
  const earlier = new Set(before.map(({ step }) => step))
  const alone = [
    ...before.filter(({ step }) => !later.has(step)),
    ...after.filter(({ step }) => !earlier.has(step)),
  ].map(({ step }) => step)
  let departsAt = alone.length > 0 ? alone.reduce((a, b) => Math.min(a, b)) : Number.POSITIVE_INFINITY
  let largest = 0
  let near = alone.length === 0
  for (const { step, value } of before) {
    const other = later.get(step)
    if (other === undefined || Object.is(other, value) || other === value) continue
    departsAt = Math.min(departsAt, step)
    const difference = Math.abs(other - value)
    largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(largest, difference)
    near &&=
      difference <= tolerance.absolute + tolerance.relative * Math.max(Math.abs(value), Math.abs(other))
  }
  const identical = departsAt === Number.POSITIVE_INFINITY
  return {
    key,
    before: before.at(-1)?.value ?? null,
    after: after.at(-1)?.value ?? null,
    equal: identical ? 'identical' : near ? 'near' : 'different',
    departsAt: identical ? null : departsAt,
    largest,
    unmatched: alone.length,
  }
}

function relativeSize({ before, after, largest }: MetricDifference): number {
  const scale = Math.max(Math.abs(before ?? 0), Math.abs(after ?? 0))
  return scale > 0 ? largest / scale : largest
}
