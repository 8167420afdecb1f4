/** @file What a run logged, as rows below what is known of its execution. */
import type { Client } from '@capstan/api'
import type { Context } from '../context.ts'
import { digits } from '../terminal/spark.ts'

type Logged = Awaited<ReturnType<Client['tracking']['get']>>
type Row = [label: string, value: string]

const NOTE = 'mlflow.note.content'
/** Tags that repeat what stands above. */
const own = /^mlflow\.(runName|user|parentRunId|note\.content|source\.|log-model)/

/** Titles with their rows; parts without any are left out. */
export function loggedRows(
  { say }: Context,
  { metrics, params, tags, children }: Logged,
  shown: Readonly<Record<string, string>>,
): [title: string, rows: Row[]][] {
  const more = Object.entries(params).filter(([key]) => !Object.hasOwn(shown, key))
  const measured = Object.entries(metrics).map(
    ([key, { value, step }]): Row => [key, `${digits(value)}  (${step})`],
  )
  const parts: [string, Row[]][] = [
    [say('compare.param'), more],
    [say('runs.metrics'), measured],
    [say('runs.tags'), Object.entries(tags).filter(([key]) => !own.test(key))],
    [say('runs.note'), tags[NOTE] ? [['', tags[NOTE]]] : []],
    [say('runs.children'), children.map(({ number, name }): Row => [`#${number}`, name])],
  ]
  return parts.filter(([, rows]) => rows.length > 0)
}
