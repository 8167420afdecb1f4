/** @file Every address of the pages, and where each kind of evidence is shown. */
import type { Evidence } from '@capstan/api'

const to = (base: string) => (id?: string) => (id ? `${base}/${encodeURIComponent(id)}` : base)

export const paths = {
  loop: '/',
  strategy: '/strategy',
  resources: '/resources',
  team: '/team',
  risk: '/risk',
  review: '/review',
  datasets: to('/datasets'),
  designs: to('/designs'),
  runs: to('/runs'),
  compareRuns: '/runs/compare',
  sweeps: to('/sweeps'),
  evaluations: to('/evaluations'),
  registry: to('/registry'),
  endpoints: to('/endpoints'),
  measures: to('/measures'),
  members: '/members',
  account: '/account',
} as const

const places = {
  run: paths.runs,
  evaluation: paths.evaluations,
  endpoint: paths.endpoints,
  dataset: paths.datasets,
  ledger: (id) => `${paths.resources}#ledger-${id}`,
  allocation: () => `${paths.resources}#allocation`,
  risk: (id) => `${paths.risk}#risk-${id}`,
  member: () => `${paths.team}#members`,
  task: (id) => `${paths.team}#task-${id}`,
  version: paths.registry,
  incident: () => paths.risk,
} satisfies Record<Evidence['noun'], (id: string) => string>

export const evidencePath = ({ noun, id }: Pick<Evidence, 'noun' | 'id'>): string => places[noun](id)

/** Where the noun of an activity entry is shown; null when no page shows it. */
export function activityPath(noun: string, id: string): string | null {
  const pages: Record<string, string> = {
    ...Object.fromEntries(Object.entries(places).map(([name, place]) => [name, place(id)])),
    design: paths.designs(id),
    sweep: paths.sweeps(id),
    version: paths.registry(id),
    model: paths.registry(),
    gate: paths.registry(),
    objective: paths.strategy,
    'key-result': paths.strategy,
    keyResult: paths.strategy,
    initiative: paths.strategy,
    measure: paths.measures(id),
    pool: paths.resources,
    budget: paths.resources,
    approval: paths.team,
    decision: paths.team,
    indicator: paths.risk,
    mitigation: paths.risk,
    'risk-cause': paths.risk,
    'risk-appetite': paths.risk,
    'risk-simulation': paths.risk,
    simulation: paths.risk,
    review: paths.review,
    proposal: paths.review,
    snapshot: paths.review,
    cycle: paths.review,
  }
  return pages[noun] ?? null
}

/** Where an address as MLflow's clients print it (`/#/experiments/1/runs/ID`) is shown here; null for any other. */
export function mlflowPath(hash: string): string | null {
  const [, run] = /^#\/experiments\/[^/]+(?:\/runs\/([^/?]+))?/.exec(hash) ?? [null, null]
  if (run === null) return null
  return run === undefined ? paths.runs() : paths.runs(decodeURIComponent(run))
}
