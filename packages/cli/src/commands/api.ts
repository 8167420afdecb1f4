/** @file `capstan api`: any route of the API by its name, for scripts and for what has no command of its own. */
import { readFile, writeFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { api, CapstanError, type Client, type Route } from '@capstan/api'
import type { Context } from '../context.ts'
import { onServer } from '../runs/on-server.ts'

interface Options {
  workspace: string
  /** A file of JSON, or `-` for standard input. */
  body?: string
  output?: string
}

/** @param fields `name=text` or `name:=json`; they go into the path, the query or the body, where the route has them */
export async function callApi(
  context: Context,
  name: string | undefined,
  fields: readonly string[],
  { workspace, body, output }: Options,
): Promise<number> {
  const { screen, say } = context
  if (name === undefined) {
    screen.table(allRoutes().map(([route, { method, path, summary }]) => [route, method, path, summary]))
    return 0
  }
  const route = allRoutes().find(([known]) => known === name)?.[1]
  if (!route) throw new CapstanError('cli/usage', { detail: say('usage.noRoute', { name }) })
  const input = inputOf(context, route, fields)
  if (body !== undefined) input.body = { ...(await jsonOf(context, body)), ...input.body }
  return onServer(context, { workspace }, async ({ client }) => {
    const [noun, verb] = name.split('.') as [keyof Client, string]
    const call = (client[noun] as unknown as Record<string, (given: object) => Promise<unknown>>)[verb]!
    const answer = await call(input)
    if (answer instanceof Uint8Array) {
      if (output !== undefined) await writeFile(output, answer)
      else screen.line(new TextDecoder().decode(answer))
      return
    }
    const shown = JSON.stringify(answer ?? null, null, 2)
    if (output !== undefined) await writeFile(output, `${shown}\n`)
    else screen.line(shown)
  })
}

const allRoutes = (): [string, Route][] =>
  Object.entries(api).flatMap(([noun, verbs]) =>
    Object.entries(verbs).map(([verb, route]): [string, Route] => [`${noun}.${verb}`, route as Route]),
  )

interface Input {
  params: Record<string, unknown>
  query: Record<string, unknown>
  body: Record<string, unknown>
}

function inputOf({ say }: Context, route: Route, fields: readonly string[]): Input {
  const input: Input = { params: {}, query: {}, body: {} }
  for (const field of fields) {
    const [, name = '', kind, value = ''] = /^([\w-]+)(:?=)(.*)$/s.exec(field) ?? []
    if (!kind) throw new CapstanError('cli/usage', { detail: say('usage.field', { field }) })
    const place = route.path.includes(`:${name}`) ? 'params' : route.body ? 'body' : 'query'
    input[place][name] = kind === '=' ? value : parsed(value, () => say('usage.fieldJson', { field }))
  }
  return input
}

async function jsonOf({ say }: Context, source: string): Promise<Record<string, unknown>> {
  const read = source === '-' ? text(process.stdin) : readFile(source, 'utf8')
  const content = await read.catch((error: Error) => {
    throw new CapstanError('cli/usage', {
      detail: say('usage.cannotRead', { file: source, why: error.message }),
    })
  })
  return parsed(content, () => say('usage.fieldJson', { field: source })) as Record<string, unknown>
}

function parsed(value: string, why: () => string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    throw new CapstanError('cli/usage', { detail: why() })
  }
}
