/** @file `capstan measures list | show | facts | rebuild`: reads measures, and makes their histories anew. */
import type { Client, Measure } from '@capstan/api'
import { connect } from '../connection.ts'
import { type Context, sentence } from '../context.ts'
import { evidenceOf, instantOf, pointValue, shownValue } from '../measures/show.ts'

export interface Shared {
  workspace: string
  json?: boolean
}

export const measuresList = (context: Context, options: Shared & { archived?: boolean }): Promise<number> =>
  onServer(context, options, async (client) => {
    const { screen, say } = context
    const all = await client.measures.list({ query: { archived: options.archived ?? false } })
    if (options.json) return screen.line(JSON.stringify(all, null, 2))
    if (all.length === 0) return screen.line(say('measures.none'))
    screen.table([
      [
        say('measures.key'),
        say('measures.value'),
        say('measures.state'),
        say('measures.at'),
        say('measures.name'),
      ],
      ...all.map((measure) => [
        measure.key,
        pointValue(context, measure, measure.latest),
        stateOf(context, measure),
        measure.latest ? instantOf(measure.latest.at) : '-',
        measure.name,
      ]),
    ])
  })

interface ShowOptions extends Shared {
  points: number
  from?: string
  to?: string
}

export const measuresShow = (context: Context, reference: string, options: ShowOptions): Promise<number> =>
  onServer(context, options, async (client) => {
    const { screen, say, language } = context
    const params = { id: reference }
    const measure = await client.measures.get({ params })
    const { points } = await client.measures.history({
      params: { id: measure.id },
      query: {
        limit: options.points,
        ...(options.from === undefined ? {} : { from: options.from }),
        ...(options.to === undefined ? {} : { to: options.to }),
      },
    })
    if (options.json) return screen.line(JSON.stringify({ ...measure, history: points }, null, 2))
    const { name, key, notice, overrides, hanging } = measure
    const value = pointValue(context, measure, measure.latest)
    screen.line(say('measures.summary', { name, key, value, state: stateOf(context, measure) }))
    if (notice) screen.line(sentence(notice, language))
    if (hanging.length > 0)
      screen.line(say('measures.hanging', { names: hanging.map((one) => one.name).join(', ') }))
    screen.line(say('measures.points', { count: measure.points }))
    if (points.length > 0)
      screen.table([
        [say('measures.at'), say('measures.value'), say('measures.evidence')],
        ...points.map((point) => [
          instantOf(point.at),
          pointValue(context, measure, point),
          evidenceOf(context, measure, point),
        ]),
      ])
    if (overrides.length === 0) return
    screen.heading(say('measures.overrides'))
    for (const one of overrides) {
      const signed = { id: one.id, by: one.by, at: instantOf(one.at), note: one.note }
      const end = one.withdrawn
        ? say('measures.overrideWithdrawn', { ...one.withdrawn, at: instantOf(one.withdrawn.at) })
        : one.until && say('measures.overrideUntil', { until: instantOf(one.until) })
      const line = say('measures.override', { ...signed, value: shownValue(measure, one.value) })
      screen.line(end ? `${line} · ${end}` : line)
    }
  })

export const measuresFacts = (
  context: Context,
  reference: string,
  options: Shared & { at?: string; limit: number },
): Promise<number> =>
  onServer(context, options, async (client) => {
    const { screen, say } = context
    const measure = await client.measures.get({ params: { id: reference } })
    const found = await client.measures.facts({
      params: { id: measure.id },
      query: { limit: options.limit, ...(options.at === undefined ? {} : { at: options.at }) },
    })
    if (options.json) return screen.line(JSON.stringify(found, null, 2))
    screen.table([
      [say('measures.at'), say('measures.value'), say('measures.evidence')],
      ...found.facts.map(({ at, value, evidence }) => [
        instantOf(at),
        value.toLocaleString(context.language, { maximumSignificantDigits: 5 }),
        `${evidence.noun} ${evidence.id}`,
      ]),
    ])
  })

export async function measuresRebuild(
  context: Context,
  reference: string | undefined,
  options: Shared & { check?: boolean },
): Promise<number> {
  let differing = 0
  const exit = await onServer(context, options, async (client) => {
    const { screen, say } = context
    const check = options.check ?? false
    const body = { check, ...(reference === undefined ? {} : { measureId: reference }) }
    const { facts, measures } = await client.measures.rebuild({ body })
    const different = measures.filter(({ added, changed, removed }) => added + changed + removed > 0)
    differing = different.length + facts
    if (options.json) return screen.line(JSON.stringify({ facts, measures }, null, 2))
    for (const { key, added, changed, removed } of different)
      screen.line(say('measures.differs', { key, added, changed, removed }))
    const points = measures.reduce((sum, one) => sum + one.points, 0)
    const counts = { measures: measures.length, points, differing: different.length, facts }
    screen.line(check ? say('measures.checked', counts) : say('measures.rebuilt', counts))
  })
  return exit === 0 && options.check && differing > 0 ? 1 : exit
}

export function stateOf({ say }: Context, { state, archived }: Pick<Measure, 'state' | 'archived'>): string {
  return archived ? say('measures.archived') : say(`measures.state.${state}`)
}

export async function onServer(
  context: Context,
  { workspace }: Shared,
  work: (client: Client) => Promise<void>,
): Promise<number> {
  const connection = await connect(context, workspace, { workers: 0, mustExist: true })
  try {
    await work(connection.client)
    return 0
  } finally {
    await connection.close()
  }
}
