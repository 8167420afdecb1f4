/** @file Serves endpoints: which version answers under which name, and how long it takes. */
import { CapstanError, type Endpoint, type LatencyWindow, type Version } from '@capstan/api'
import { latencyProfile } from '@capstan/domain'
import type { Context } from '../context.ts'
import { observe } from '../measures/observe.ts'
import { versions } from '../registry/store.ts'
import { chargeServing } from '../resources/charge.ts'
import { findRun } from '../runs/store.ts'
import { type LoadedModel, loadModel } from './sessions.ts'
import { type EndpointRecord, endpoints } from './store.ts'
import { closeWindow, isFull, newWindow, type OpenWindow } from './windows.ts'

interface Served {
  record: EndpointRecord
  version: Version
  model: LoadedModel | null
  error: string | null
  window: OpenWindow
  /** Requests since the record was saved. */
  fresh: number
}

/** Windows kept on the endpoint; older ones live on as points of its measures. */
const WINDOWS_KEPT = 50

export interface Serving {
  /** Loads what the workspace serves; an endpoint whose model does not load is `failed`, the server still starts. */
  open(): Promise<void>
  serve(record: EndpointRecord): Promise<void>
  /** @throws {CapstanError} `request/not-found`, `serving/not-ready` */
  ready(name: string): { model: LoadedModel; version: Version }
  view(record: EndpointRecord): Endpoint
  find(name: string): Served | undefined
  count(name: string, milliseconds: number, failed: boolean): void
  /** @throws {CapstanError} `request/not-found`, `request/invalid` when nothing was answered yet */
  closeWindow(id: string, actor: string): Promise<LatencyWindow>
  close(): Promise<void>
}

export function createServing(context: Context): Serving {
  const { db, change, blobs, log } = context
  const served = new Map<string, Served>()
  const clock = () => context.now().getTime()

  const serving: Serving = {
    async open() {
      for (const record of await endpoints.list(db)) await serving.serve(record)
    },
    async serve(record) {
      const version = await versions.get(db, record.versionId)
      const before = served.get(record.name)
      const next: Served = { record, version, model: null, error: null, window: newWindow(clock()), fresh: 0 }
      try {
        if (version.blob === null) throw new CapstanError('serving/no-model', { model: version.modelName })
        next.model = await loadModel(blobs, version.blob)
      } catch (error) {
        next.error = (error as Error).message
        log.error({ err: error, endpoint: record.name }, 'a model could not be loaded')
      }
      served.set(record.name, next)
      await before?.model?.release()
    },
    find: (name) => served.get(name),
    ready(name) {
      const found = served.get(name)
      if (!found) throw new CapstanError('request/not-found', { noun: 'endpoint', id: name })
      if (!found.model)
        throw new CapstanError('serving/not-ready', { name, detail: found.error ?? 'loading' })
      return { model: found.model, version: found.version }
    },
    view(record) {
      const found = served.get(record.name)
      return {
        ...record,
        state: found?.model ? 'ready' : found?.error ? 'failed' : 'loading',
        error: found?.error ?? null,
        provider: found?.model?.provider ?? '',
        requests: record.requests + (found?.fresh ?? 0),
      }
    },
    count(name, milliseconds, failed) {
      const found = served.get(name)
      if (!found) return
      found.fresh += 1
      if (failed) found.window.errors += 1
      else found.window.latencies.push(milliseconds)
      if (isFull(found.window, clock())) {
        serving.closeWindow(found.record.id, 'capstan').catch((error) => log.error(error))
      }
    },
    async closeWindow(id, actor) {
      const found = [...served.values()].find(({ record }) => record.id === id)
      if (!found) throw new CapstanError('request/not-found', { noun: 'endpoint', id })
      const { latencies } = found.window
      const window = closeWindow(found.window, clock())
      if (!window)
        throw new CapstanError('request/invalid', { detail: 'no request was answered since the last window' })
      const fresh = found.fresh
      found.window = newWindow(clock())
      found.fresh = 0
      found.record = await change(actor, async (tx) => {
        const saved = await endpoints.change(tx.db, id, (e) => ({
          ...e,
          requests: e.requests + fresh,
          windows: [...e.windows, window].slice(-WINDOWS_KEPT),
        }))
        const { p95, requests, interval } = window
        await tx.record('endpoint', 'measured', id, { name: saved.name, p95, interval, requests })
        const errors = latencyProfile(latencies)!
        await observe(tx, {
          source: 'endpoint',
          endpoint: saved,
          window,
          errors: {
            p50: errors.p50.standardError,
            p95: errors.p95.standardError,
            p99: errors.p99.standardError,
          },
        })
        const { runId } = found.version
        const run = runId === null ? null : await findRun(tx.db, runId)
        const seconds = latencies.reduce((sum, milliseconds) => sum + milliseconds, 0) / 1000
        await chargeServing(tx, context.newId, id, run?.initiativeId ?? null, seconds)
        return saved
      })
      return window
    },
    async close() {
      for (const { model } of served.values()) await model?.release()
      served.clear()
    },
  }
  return serving
}
