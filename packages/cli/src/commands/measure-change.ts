/** @file `capstan measures define | edit | delete | point | override | withdraw`: what people say about measures. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { CapstanError, type Client, MeasureQuery, type MeasureQueryInput } from '@capstan/api'
import type { Context } from '../context.ts'
import { parseFilter } from '../measures/filter.ts'
import { shownValue } from '../measures/show.ts'
import { onServer, type Shared } from './measures.ts'

type Body = Parameters<Client['measures']['create']>[0]['body']
type QueryBody = Extract<MeasureQueryInput, { source: 'query' }>
type Condition = NonNullable<QueryBody['where']>[number]

export interface DefineOptions extends Shared {
  name?: string
  unit?: string
  direction?: Body['direction']
  scale?: Body['scale']
  staleAfter?: number
  of?: QueryBody['of']
  statistic?: QueryBody['statistic']
  value?: string
  where: string[]
  part: string[]
  quantile?: number
  days?: number
  cycle?: boolean
  typed?: boolean
  file?: string
  preview?: boolean
}

export const measuresDefine = (context: Context, key: string, options: DefineOptions): Promise<number> =>
  onServer(context, options, async (client) => {
    const { screen, say } = context
    const file = options.file === undefined ? {} : await readDefinition(resolve(context.cwd, options.file))
    const query = queryOf(context, options) ?? file.query
    if (query === undefined) throw new CapstanError('cli/usage', { detail: say('measures.howToDefine') })
    const { staleAfter } = options
    const body: Body = {
      key,
      name: options.name ?? file.name ?? key,
      unit: options.unit ?? file.unit ?? '1',
      direction: options.direction ?? file.direction ?? 'up',
      scale: options.scale ?? file.scale ?? 'linear',
      ...(staleAfter === undefined ? {} : { staleAfterDays: staleAfter }),
      query,
    }
    if (options.preview) {
      const { unit, direction, scale } = body
      const seen = await client.measures.preview({ body: { unit, direction, scale, query } })
      if (options.json) return screen.line(JSON.stringify(seen, null, 2))
      return screen.line(
        say('measures.wouldSay', {
          count: seen.count,
          value: shownValue({ unit, scale }, seen.latest?.value),
        }),
      )
    }
    const made = await client.measures.create({ body })
    if (options.json) return screen.line(JSON.stringify(made, null, 2))
    screen.line(say('measures.defined', { name: made.name, id: made.id }))
  })

export interface EditOptions extends DefineOptions {
  archive?: boolean
  restore?: boolean
}

export const measuresEdit = (context: Context, reference: string, options: EditOptions): Promise<number> =>
  onServer(context, options, async (client) => {
    const measure = await client.measures.get({ params: { id: reference } })
    const file = options.file === undefined ? {} : await readDefinition(resolve(context.cwd, options.file))
    const query = queryOf(context, options) ?? file.query
    const { name = file.name, unit = file.unit, direction = file.direction, scale = file.scale } = options
    const given = { name, unit, direction, scale, query, staleAfterDays: options.staleAfter }
    const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
    const archived = options.archive ? { archived: true } : options.restore ? { archived: false } : {}
    const body = { revision: measure.revision, ...known, ...archived }
    const edited = await client.measures.edit({ params: { id: measure.id }, body })
    context.screen.line(
      options.json ? JSON.stringify(edited, null, 2) : context.say('measures.changed', { name: edited.name }),
    )
  })

export const measuresDelete = (context: Context, reference: string, options: Shared): Promise<number> =>
  onServer(context, options, async (client) => {
    const { id, name, revision } = await client.measures.get({ params: { id: reference } })
    await client.measures.remove({ params: { id }, query: { revision } })
    context.screen.line(context.say('measures.deleted', { name }))
  })

export const measuresPoint = (
  context: Context,
  reference: string,
  value: number,
  options: Shared & { note: string; at?: string },
): Promise<number> =>
  onServer(context, options, async (client) => {
    const measure = await client.measures.get({ params: { id: reference } })
    const { note, at } = options
    const body = { value, note, ...(at === undefined ? {} : { at }) }
    const point = await client.measures.addPoint({ params: { id: measure.id }, body })
    if (options.json) return context.screen.line(JSON.stringify(point, null, 2))
    context.screen.line(
      context.say('measures.typedIn', { name: measure.name, value: shownValue(measure, value) }),
    )
  })

export const measuresOverride = (
  context: Context,
  reference: string,
  value: number,
  options: Shared & { note: string; point?: string; until?: string },
): Promise<number> =>
  onServer(context, options, async (client) => {
    const measure = await client.measures.get({ params: { id: reference } })
    const { note, point, until } = options
    const body = {
      ...{ value, note },
      ...(point === undefined ? {} : { point }),
      ...(until === undefined ? {} : { until }),
    }
    const signed = await client.measures.override({ params: { id: measure.id }, body })
    if (options.json) return context.screen.line(JSON.stringify(signed, null, 2))
    const { id, by } = signed
    context.screen.line(
      context.say('measures.overrideSigned', {
        name: measure.name,
        value: shownValue(measure, value),
        by,
        id,
      }),
    )
  })

export const measuresWithdraw = (
  context: Context,
  reference: string,
  overrideId: string | undefined,
  options: Shared & { note: string },
): Promise<number> =>
  onServer(context, options, async (client) => {
    const { id, name, overrides } = await client.measures.get({ params: { id: reference } })
    const found = overrides.findLast((one) =>
      overrideId === undefined ? one.withdrawn === null : one.id === overrideId,
    )
    if (!found) {
      if (overrideId !== undefined)
        throw new CapstanError('request/not-found', { noun: 'override', id: overrideId })
      throw new CapstanError('cli/usage', { detail: context.say('measures.noOverride', { name }) })
    }
    const body = { revision: found.revision, note: options.note }
    await client.measures.withdraw({ params: { id, overrideId: found.id }, body })
    context.screen.line(context.say('measures.withdrawn', { name }))
  })

/** The query that the options say; undefined when they say none. */
function queryOf(context: Context, options: DefineOptions): MeasureQueryInput | undefined {
  if (options.typed) return { source: 'typed' }
  const { of, statistic, value, quantile, days, cycle } = options
  if (of === undefined || statistic === undefined) return undefined
  const part = options.part.map((text) => filterOf(context, text))
  return {
    source: 'query',
    of,
    statistic,
    where: options.where.map((text) => filterOf(context, text)),
    ...(value === undefined ? {} : { value }),
    ...(quantile === undefined ? {} : { quantile }),
    ...(part.length === 0 ? {} : { part }),
    window: days !== undefined ? { kind: 'days', days } : cycle ? { kind: 'cycle' } : { kind: 'all' },
  }
}

function filterOf({ say }: Context, text: string): Condition {
  const condition = parseFilter(text)
  if (condition) return condition
  throw new CapstanError('cli/usage', { detail: say('measures.badFilter', { filter: text }) })
}

/** A file holds a definition, or a query alone. */
async function readDefinition(path: string): Promise<Partial<Body>> {
  let json: unknown
  try {
    json = JSON.parse(await readFile(path, 'utf8'))
  } catch (cause) {
    throw new CapstanError('request/invalid', { detail: `${path}: ${(cause as Error).message}` }, { cause })
  }
  const alone = MeasureQuery.safeParse(json)
  if (alone.success) return { query: alone.data }
  return json as Partial<Body>
}
