/** @file Columns of found runs: which keys there are, which are shown, and their values. */
import type { TrackedRun } from '@capstan/api'

/** `metrics.loss`, `params.lr`. */
export type ColumnKey = string

const UNASKED = 4

/** What a run took of its machine is asked for, not shown first. */
const ofMachine = (key: string): number => (key.startsWith('system/') ? 1 : 0)

/** Every metric and parameter of the runs, those of most runs first. */
export function keysOf(runs: readonly TrackedRun[]): { metrics: ColumnKey[]; params: ColumnKey[] } {
  const counts = { metrics: new Map<string, number>(), params: new Map<string, number>() }
  for (const run of runs)
    for (const group of ['metrics', 'params'] as const)
      for (const key of Object.keys(run[group])) counts[group].set(key, (counts[group].get(key) ?? 0) + 1)
  const sorted = (group: 'metrics' | 'params') =>
    [...counts[group]]
      .sort((a, b) => ofMachine(a[0]) - ofMachine(b[0]) || b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .map(([key]) => `${group}.${key}`)
  return { metrics: sorted('metrics'), params: sorted('params') }
}

/** What is shown before anyone chose: the metrics that most runs have, then parameters. */
export const unaskedColumns = ({ metrics, params }: ReturnType<typeof keysOf>): ColumnKey[] => [
  ...metrics.slice(0, UNASKED / 2),
  ...params.slice(0, UNASKED - Math.min(metrics.length, UNASKED / 2)),
]

export function valueIn(run: TrackedRun, column: ColumnKey): string | number | null {
  const at = column.indexOf('.')
  const [group, key] = [column.slice(0, at), column.slice(at + 1)]
  if (group === 'metrics') return Object.hasOwn(run.metrics, key) ? run.metrics[key]!.value : null
  return Object.hasOwn(run.params, key) ? run.params[key]! : null
}

/** The field as a search names it: quoted, for a key may hold anything. */
export const fieldOf = (column: ColumnKey): string => {
  const at = column.indexOf('.')
  if (at < 0) return column
  return `${column.slice(0, at)}."${column.slice(at + 1).replaceAll('"', '""')}"`
}

/** Sorting by a column: first down, then up, then not at all. */
export function nextOrder(order: string, column: ColumnKey): string {
  const field = fieldOf(column)
  if (order === `${field} DESC`) return `${field} ASC`
  return order === `${field} ASC` ? '' : `${field} DESC`
}

export const directionOf = (order: string, column: ColumnKey): 'descending' | 'ascending' | undefined =>
  order === `${fieldOf(column)} DESC`
    ? 'descending'
    : order === `${fieldOf(column)} ASC`
      ? 'ascending'
      : undefined

/** A number in a narrow cell: tiny ones by their power of ten. */
export const shortNumber = (value: number, number: (value: number) => string): string =>
  value !== 0 && Math.abs(value) < 1e-4 ? value.toExponential(2) : number(value)
