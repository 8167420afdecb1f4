/** @file Histories of metrics as MLflow answers them; on the reading thread, because curves are long. */
import type { Db } from '../database/records.ts'
import { readCurve } from '../metrics/store.ts'
import { numberText } from '../tracking/store.ts'

export interface HistoryPage {
  run: number
  key: string
  /** Points to pass over. */
  from: number
  size: number
}

/** Points in the order of their instants, as JSON. */
export async function historyText(db: Db, { run, key, from, size }: HistoryPage): Promise<string> {
  const { at, step, value } = await readCurve(db, run, key, 'at')
  const name = JSON.stringify(key)
  const parts: string[] = []
  const to = Math.min(at.length, from + size)
  for (let i = from; i < to; i++) {
    parts.push(
      `{"key":${name},"value":${JSON.stringify(numberText(value[i]!))},"timestamp":${at[i]},"step":${step[i]}}`,
    )
  }
  const next = to < at.length ? `,"next_page_token":"${Buffer.from(String(to)).toString('base64url')}"` : ''
  return `{"metrics":[${parts.join(',')}]${next}}`
}

export interface SampledHistory {
  runs: readonly { id: string; number: number }[]
  key: string
  /** Of each run. */
  most: number
  /** First and last step. */
  interval: readonly [number, number] | null
}

/** Points at even distances over the interval, with both ends, as JSON. */
export async function sampledHistoryText(
  db: Db,
  { runs, key, most, interval }: SampledHistory,
): Promise<string> {
  const metrics = []
  for (const { id, number } of runs) {
    const { at, step, value } = await readCurve(db, number, key)
    const first = interval === null ? 0 : step.findIndex((s) => s >= interval[0])
    const last = interval === null ? step.length - 1 : step.findLastIndex((s) => s <= interval[1])
    const inside = first < 0 ? 0 : Math.max(0, last - first + 1)
    const count = Math.min(most, inside)
    for (let i = 0; i < count; i++) {
      const place = first + (count === 1 ? 0 : Math.round((i * (inside - 1)) / (count - 1)))
      const [timestamp, s] = [at[place], step[place]]
      metrics.push({ key, value: numberText(value[place]!), timestamp, step: s, run_id: id })
    }
  }
  return JSON.stringify({ metrics })
}
