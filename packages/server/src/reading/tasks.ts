/** @file Long reads, answered as JSON bytes: searches over runs, curves thinned or by pages, repetitions compared. */
import { downsample } from '@capstan/domain'
import type { Db } from '../database/records.ts'
import { compareRuns } from '../executions/facts.ts'
import { readCurve } from '../metrics/store.ts'
import { type HistoryPage, historyText, type SampledHistory, sampledHistoryText } from '../mlflow/history.ts'
import { runTexts } from '../mlflow/texts.ts'
import { readState, type StateWanted } from '../review/state.ts'
import type { RunRecord } from '../runs/store.ts'
import { type RunSearch, searchRuns } from '../search/store.ts'
import type { KeptSummary } from '../tracking/store.ts'
import { type CurveView, thinned, trackedRuns } from '../tracking/view.ts'

/** JSON in bytes of their own buffer, and the summaries that were made on the way and should be kept. */
export interface Read {
  bytes: Uint8Array<ArrayBuffer>
  made: KeptSummary[]
}

export interface CurvesWanted extends CurveView {
  runs: readonly { id: string; number: number }[]
  keys: readonly string[]
}

export interface RepetitionWanted {
  before: RunRecord
  after: RunRecord
  relative: number
  absolute: number
  /** Metrics that are expected to differ. */
  ignore: readonly string[]
}

export const readTasks = {
  async search(db: Db, search: RunSearch): Promise<Read> {
    const made: KeptSummary[] = []
    const { runs, nextPageToken } = await searchRuns(db, search)
    const tracked = await trackedRuns(db, runs, (more) => made.push(...more))
    return { bytes: bytesOf(JSON.stringify({ runs: tracked, nextPageToken })), made }
  },

  async searchMlflow(db: Db, search: RunSearch): Promise<Read> {
    const made: KeptSummary[] = []
    const { runs, nextPageToken } = await searchRuns(db, search)
    const texts = await runTexts(db, runs, (more) => made.push(...more))
    const token = nextPageToken === null ? '' : `,"next_page_token":${JSON.stringify(nextPageToken)}`
    return { bytes: bytesOf(`{"runs":[${texts.join(',')}]${token}}`), made }
  },

  async curves(db: Db, { runs, keys, ...view }: CurvesWanted): Promise<Read> {
    const curves = []
    for (const { id, number } of runs) {
      for (const key of keys) {
        const columns = await readCurve(db, number, key, view.axis === 'step' ? 'step' : 'at')
        if (columns.value.length > 0) curves.push(thinned(id, key, columns, view))
      }
    }
    return { bytes: bytesOf(JSON.stringify(curves)), made: [] }
  },

  /** One curve of finite values, thinned keeping its extremes. */
  async curve(db: Db, { run, key, most }: { run: number; key: string; most: number }): Promise<Read> {
    const { at, step, value } = await readCurve(db, run, key)
    const points = Array.from(step, (s, i) => ({ step: s, at: at[i]!, value: value[i]! }))
    const finite = points.filter((point) => Number.isFinite(point.value))
    const shown = downsample(finite, most).map((p) => ({ ...p, at: new Date(p.at).toISOString() }))
    return { bytes: bytesOf(JSON.stringify(shown)), made: [] }
  },

  async history(db: Db, page: HistoryPage): Promise<Read> {
    return { bytes: bytesOf(await historyText(db, page)), made: [] }
  },

  async sampledHistory(db: Db, sampled: SampledHistory): Promise<Read> {
    return { bytes: bytesOf(await sampledHistoryText(db, sampled)), made: [] }
  },

  /** The whole plan with what is known of it, for a review. */
  async reviewState(db: Db, wanted: StateWanted): Promise<Read> {
    return { bytes: bytesOf(JSON.stringify(await readState(db, wanted))), made: [] }
  },

  async repetition(db: Db, { before, after, ...options }: RepetitionWanted): Promise<Read> {
    const found = await compareRuns(db, before, after, options)
    return { bytes: bytesOf(JSON.stringify(found)), made: [] }
  },
}

const encoder = new TextEncoder()
const bytesOf = (json: string): Uint8Array<ArrayBuffer> => encoder.encode(json)
