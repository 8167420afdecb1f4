/** @file What pages read from the server, by cache key; the noun comes first so that events can refresh it. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { capstan } from './client.ts'

/** So many that a run of some ten thousand steps comes whole: thinned curves keep extremes, not means. */
const METRIC_POINTS = 10_000

export const reads = {
  session: () =>
    queryOptions({
      queryKey: ['session'],
      queryFn: ({ signal }) => capstan().session.get(undefined, signal),
    }),
  workspace: () =>
    queryOptions({
      queryKey: ['workspace'],
      queryFn: ({ signal }) => capstan().workspace.get(undefined, signal),
    }),
  loop: () =>
    queryOptions({ queryKey: ['loop'], queryFn: ({ signal }) => capstan().loop.get(undefined, signal) }),
  activity: (limit: number) =>
    queryOptions({
      queryKey: ['activity', limit],
      queryFn: ({ signal }) => capstan().loop.activity({ query: { limit } }, signal),
    }),
  cycles: () =>
    queryOptions({ queryKey: ['cycles'], queryFn: ({ signal }) => capstan().cycles.list(undefined, signal) }),
  members: () =>
    queryOptions({
      queryKey: ['members'],
      queryFn: ({ signal }) => capstan().members.list(undefined, signal),
    }),
  measures: () =>
    queryOptions({
      queryKey: ['measures'],
      queryFn: ({ signal }) => capstan().measures.list(undefined, signal),
    }),
  points: (id: string) =>
    queryOptions({
      queryKey: ['measures', id, 'points'],
      queryFn: ({ signal }) => capstan().measures.points({ params: { id } }, signal),
    }),
  measure: (id: string) =>
    queryOptions({
      queryKey: ['measures', id],
      queryFn: ({ signal }) => capstan().measures.get({ params: { id } }, signal),
    }),
  objectives: () =>
    queryOptions({
      queryKey: ['objectives'],
      queryFn: ({ signal }) => capstan().strategy.objectives(undefined, signal),
    }),
  keyResults: () =>
    queryOptions({
      queryKey: ['keyResults'],
      queryFn: ({ signal }) => capstan().strategy.keyResults({}, signal),
    }),
  initiatives: () =>
    queryOptions({
      queryKey: ['initiatives'],
      queryFn: ({ signal }) => capstan().strategy.initiatives({}, signal),
    }),
  pools: () =>
    queryOptions({
      queryKey: ['pools'],
      queryFn: ({ signal }) => capstan().resources.pools(undefined, signal),
    }),
  allocations: () =>
    queryOptions({
      queryKey: ['allocations'],
      queryFn: ({ signal }) => capstan().resources.allocations(undefined, signal),
    }),
  budgets: () =>
    queryOptions({
      queryKey: ['budgets'],
      queryFn: ({ signal }) => capstan().resources.budgets(undefined, signal),
    }),
  ledger: () =>
    queryOptions({
      queryKey: ['ledger'],
      queryFn: ({ signal }) => capstan().resources.ledger({ query: { limit: 200 } }, signal),
    }),
  tasks: () =>
    queryOptions({ queryKey: ['tasks'], queryFn: ({ signal }) => capstan().team.tasks(undefined, signal) }),
  policies: () =>
    queryOptions({
      queryKey: ['policies'],
      queryFn: ({ signal }) => capstan().team.policies(undefined, signal),
    }),
  approvals: () =>
    queryOptions({
      queryKey: ['approvals'],
      queryFn: ({ signal }) => capstan().team.approvals(undefined, signal),
    }),
  decisions: () =>
    queryOptions({
      queryKey: ['decisions'],
      queryFn: ({ signal }) => capstan().team.decisions(undefined, signal),
    }),
  risks: () =>
    queryOptions({ queryKey: ['risks'], queryFn: ({ signal }) => capstan().risk.list(undefined, signal) }),
  indicators: () =>
    queryOptions({
      queryKey: ['indicators'],
      queryFn: ({ signal }) => capstan().risk.indicators(undefined, signal),
    }),
  simulations: () =>
    queryOptions({
      queryKey: ['simulations'],
      queryFn: ({ signal }) => capstan().risk.simulations(undefined, signal),
    }),
  mitigations: () =>
    queryOptions({
      queryKey: ['mitigations'],
      queryFn: ({ signal }) => capstan().risk.mitigations(undefined, signal),
    }),
  incidents: () =>
    queryOptions({
      queryKey: ['incidents'],
      queryFn: ({ signal }) => capstan().risk.incidents(undefined, signal),
    }),
  appetite: () =>
    queryOptions({
      queryKey: ['appetite'],
      queryFn: ({ signal }) => capstan().risk.appetite(undefined, signal),
    }),
  tornado: () =>
    queryOptions({
      queryKey: ['tornado'],
      queryFn: ({ signal }) => capstan().risk.tornado(undefined, signal),
    }),
  riskCatalogue: (language: 'en' | 'zh-CN') =>
    queryOptions({
      queryKey: ['riskCatalogue', language],
      queryFn: ({ signal }) => capstan().risk.catalogue({ query: { language } }, signal),
    }),
  reviews: () =>
    queryOptions({
      queryKey: ['reviews'],
      queryFn: ({ signal }) => capstan().review.list(undefined, signal),
    }),
  datasets: () =>
    queryOptions({
      queryKey: ['datasets'],
      queryFn: ({ signal }) => capstan().datasets.list(undefined, signal),
    }),
  designs: () =>
    queryOptions({
      queryKey: ['designs'],
      queryFn: ({ signal }) => capstan().designs.list(undefined, signal),
    }),
  runs: () =>
    queryOptions({
      queryKey: ['runs'],
      queryFn: ({ signal }) => capstan().runs.list({ query: { limit: 200 } }, signal),
    }),
  foundRuns: (filter: string, orderBy: string[]) =>
    infiniteQueryOptions({
      queryKey: ['runs', 'search', filter, orderBy],
      queryFn: ({ signal, pageParam }) =>
        capstan().tracking.search({ body: { filter, orderBy, limit: 50, pageToken: pageParam } }, signal),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ nextPageToken }) => nextPageToken ?? undefined,
      placeholderData: keepPreviousData,
      retry: false,
    }),
  comparison: (runIds: string[]) =>
    queryOptions({
      queryKey: ['runs', 'comparison', runIds],
      queryFn: ({ signal }) => capstan().tracking.compare({ body: { runIds } }, signal),
      enabled: runIds.length > 1,
    }),
  curves: (runIds: string[], key: string, axis: 'step' | 'time' | 'wall', smoothing: number) =>
    queryOptions({
      queryKey: ['runs', 'curves', runIds, key, axis, smoothing],
      queryFn: ({ signal }) =>
        capstan().tracking.curves(
          { body: { runIds, keys: [key], axis, buckets: 500, ...(smoothing > 0 ? { smoothing } : {}) } },
          signal,
        ),
      enabled: key !== '' && runIds.length > 0,
      placeholderData: keepPreviousData,
    }),
  artifacts: (id: string, path: string) =>
    queryOptions({
      queryKey: ['runs', id, 'artifacts', path],
      queryFn: ({ signal }) => capstan().artifacts.list({ params: { id }, query: { path } }, signal),
    }),
  artifact: (id: string, path: string) =>
    queryOptions({
      queryKey: ['runs', id, 'artifact', path],
      queryFn: ({ signal }) => capstan().artifacts.preview({ params: { id }, query: { path } }, signal),
      enabled: path !== '',
    }),
  run: (id: string) =>
    queryOptions({
      queryKey: ['runs', id],
      queryFn: ({ signal }) => capstan().runs.get({ params: { id } }, signal),
    }),
  logged: (id: string) =>
    queryOptions({
      queryKey: ['runs', id, 'logged'],
      queryFn: ({ signal }) => capstan().tracking.get({ params: { id } }, signal),
    }),
  chargesOfRun: (id: string) =>
    queryOptions({
      queryKey: ['ledger', 'run', id],
      queryFn: ({ signal }) => capstan().resources.ledger({ query: { runId: id, limit: 1000 } }, signal),
    }),
  capture: (id: string) =>
    queryOptions({
      queryKey: ['runs', id, 'capture'],
      queryFn: ({ signal }) => capstan().runs.capture({ params: { id } }, signal),
    }),
  waiting: (id: string) =>
    queryOptions({
      queryKey: ['runs', id, 'waiting'],
      queryFn: ({ signal }) => capstan().runs.waiting({ params: { id } }, signal),
      refetchInterval: 5000,
    }),
  metrics: (id: string, key: string) =>
    queryOptions({
      queryKey: ['metrics', id, key],
      queryFn: ({ signal }) =>
        capstan().runs.metrics({ params: { id }, query: { key, max: METRIC_POINTS } }, signal),
      staleTime: 60_000,
    }),
  sweeps: () =>
    queryOptions({
      queryKey: ['sweeps'],
      queryFn: ({ signal }) => capstan().sweeps.list(undefined, signal),
    }),
  sweep: (id: string) =>
    queryOptions({
      queryKey: ['sweeps', id],
      queryFn: ({ signal }) => capstan().sweeps.get({ params: { id } }, signal),
      refetchInterval: ({ state }) => (state.data?.sweep.state === 'running' ? 2000 : false),
    }),
  evaluations: () =>
    queryOptions({
      queryKey: ['evaluations'],
      queryFn: ({ signal }) => capstan().evaluations.list(undefined, signal),
    }),
  models: () =>
    queryOptions({
      queryKey: ['models'],
      queryFn: ({ signal }) => capstan().registry.models(undefined, signal),
    }),
  gateCheck: (id: string) =>
    queryOptions({
      queryKey: ['models', id, 'gate'],
      queryFn: ({ signal }) => capstan().registry.checkGate({ params: { id } }, signal),
    }),
  endpoints: () =>
    queryOptions({
      queryKey: ['endpoints'],
      queryFn: ({ signal }) => capstan().serving.list(undefined, signal),
    }),
}
