/** @file Follows the server's live events: refreshes what they touch, grows curves, and notices a lost server. */
import { ApiError, type LiveEvent, type Loop, type MetricPoint, type Run } from '@capstan/api'
import type { QueryClient } from '@tanstack/react-query'
import { capstan } from './client.ts'
import { framesOf, progressOf } from './live.view.ts'

export type Connection = 'connecting' | 'open' | 'lost'

let connection: Connection = 'connecting'
const listeners = new Set<() => void>()

export const connectionStore = {
  subscribe: (listener: () => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
  get: () => connection,
}

function setConnection(next: Connection) {
  if (next === connection) return
  connection = next
  for (const listener of listeners) listener()
}

/** Follows events until the returned function is called; a lost stream is taken up again behind its last entry. */
export function followLive(queries: QueryClient): () => void {
  const stop = new AbortController()
  void follow(queries, stop.signal)
  return () => stop.abort()
}

async function follow(queries: QueryClient, signal: AbortSignal): Promise<void> {
  let after: number | undefined
  let failures = 0
  while (!signal.aborted) {
    try {
      const onOpen = () => {
        if (connection === 'lost') void queries.invalidateQueries()
        failures = 0
        setConnection('open')
      }
      for await (const event of capstan().events({ after, signal, onOpen })) {
        if (event.seq !== null) after = event.seq
        apply(queries, event)
      }
    } catch (error) {
      // Whoever was put out is shown the door; else the next round tells whether the server is there.
      if (error instanceof ApiError && error.status === 401)
        void queries.invalidateQueries({ queryKey: ['session'] })
    }
    if (signal.aborted) return
    failures += 1
    // A stream that a proxy or a restart cut is not yet a lost server.
    if (failures > 1) setConnection('lost')
    await new Promise((resolve) => setTimeout(resolve, Math.min(5000, 300 * 2 ** failures)))
  }
}

function apply(queries: QueryClient, event: LiveEvent): void {
  if (event.noun === 'run') {
    growCurves(queries, event)
    const news = progressOf(event)
    if (news) {
      const advance = (run: Run | null | undefined) =>
        run && run.id === event.id ? { ...run, ...news } : run
      queries.setQueryData<Run>(['runs', event.id], (run) => advance(run) ?? undefined)
      queries.setQueryData<Loop>(['loop'], (loop) => loop && { ...loop, run: advance(loop.run) ?? null })
    }
  }
  if (event.seq !== null) refreshSoon(queries)
}

function growCurves(queries: QueryClient, event: LiveEvent): void {
  for (const [key, points] of framesOf(event))
    queries.setQueryData<MetricPoint[]>(['metrics', event.id, key], (old) => {
      if (!old) return old
      const last = old.at(-1)?.step ?? -1
      return [...old, ...points.filter((point) => point.step > last)]
    })
}

let timer: ReturnType<typeof setTimeout> | undefined
let refreshedAt = Number.NEGATIVE_INFINITY
/** Between two refreshes; the first event after a pause is shown at once, with what came in the same frames. */
const REFRESH_MS = 150
const FRAME_MS = 16

/** One refresh for a burst of events; curves grow by their frames and are left alone. */
function refreshSoon(queries: QueryClient): void {
  if (timer !== undefined) return
  const wait = Math.max(FRAME_MS, refreshedAt + REFRESH_MS - performance.now())
  timer = setTimeout(() => {
    timer = undefined
    refreshedAt = performance.now()
    void queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'metrics' })
  }, wait)
}
