/** @file The typed client, made from the route table; it runs in Node and in the browser. */
import { createParser } from 'eventsource-parser'
import type { z } from 'zod'
import { type Api, api, EVENTS_PATH } from './api.ts'
import type { Bytes } from './contract/basics.ts'
import type { Route } from './contract/route.ts'
import { ApiError, CapstanError, ErrorBody } from './errors/CapstanError.ts'
import { LOG_STREAM_PATH } from './nouns/commands.ts'
import { LogPage } from './nouns/execution.ts'
import { LiveEvent } from './nouns/loop.ts'

export interface ClientOptions {
  /** Address of the server, without a trailing slash; '' in a page that it serves. */
  baseUrl: string
  fetch?: typeof fetch
  token?: string
  /** Member in whose name to act, on a workspace that is used by one person. */
  actAs?: string
  language?: 'en' | 'zh-CN'
}

type In<S> = S extends z.ZodUndefined ? never : S extends z.ZodType ? z.input<S> : never
type Part<K extends string, S> = [In<S>] extends [never] ? unknown : Record<K, In<S>>
type Input<R> =
  R extends Route<infer P, infer Q, infer B, z.ZodType>
    ? Part<'params', P> & ([In<Q>] extends [never] ? unknown : { query?: In<Q> }) & Part<'body', B>
    : never
type Output<R> = R extends Route<z.ZodType, z.ZodType, z.ZodType, infer S> ? z.output<S> : never
type Call<R> =
  unknown extends Input<R>
    ? (input?: Input<R>, signal?: AbortSignal) => Promise<Output<R>>
    : Record<never, never> extends Input<R>
      ? (input?: Input<R>, signal?: AbortSignal) => Promise<Output<R>>
      : (input: Input<R>, signal?: AbortSignal) => Promise<Output<R>>

export type Client = { [Noun in keyof Api]: { [Verb in keyof Api[Noun]]: Call<Api[Noun][Verb]> } } & {
  /** Live events until the signal aborts or the connection ends; `after` resumes behind an audit log entry. */
  events(options?: { after?: number; signal?: AbortSignal; onOpen?: () => void }): AsyncGenerator<LiveEvent>
  /** What a run prints, from an offset on, until it has ended or the signal aborts. */
  followLog(id: string, options?: { offset?: number; signal?: AbortSignal }): AsyncGenerator<LogPage>
}

interface CallInput {
  params?: Record<string, string>
  query?: Record<string, unknown>
  body?: unknown
}

/**
 * @throws {ApiError} when the server refuses, with its code, message and hint.
 * @throws {CapstanError} `server/unreachable` when nothing answers.
 * @example
 * const capstan = createClient({ baseUrl: 'http://127.0.0.1:4600' })
 * const run = await capstan.runs.get({ params: { id } })
 */
export function createClient(options: ClientOptions): Client {
  const client: Record<string, unknown> = {
    events: (o: EventOptions = {}) => events(options, o),
    followLog: (id: string, o: { offset?: number; signal?: AbortSignal } = {}) => followLog(options, id, o),
  }
  for (const [noun, verbs] of Object.entries(api)) {
    client[noun] = Object.fromEntries(
      Object.entries(verbs).map(([verb, route]) => [
        verb,
        (input: CallInput = {}, signal?: AbortSignal) => call(options, route as Route, input, signal),
      ]),
    )
  }
  return client as Client
}

async function call(
  options: ClientOptions,
  route: Route,
  input: CallInput,
  signal?: AbortSignal,
): Promise<unknown> {
  const binary = route.binary === 'request'
  const response = await send(options, pathOf(route.path, input), {
    method: route.method,
    headers: {
      ...headersOf(options),
      ...(route.body && !binary ? { 'content-type': 'application/json' } : {}),
      ...(binary ? { 'content-type': 'application/octet-stream' } : {}),
    },
    body: binary ? (input.body as Bytes) : route.body ? JSON.stringify(input.body ?? {}) : undefined,
    signal,
  })
  if (!response.ok) throw new ApiError(response.status, await errorBodyOf(response))
  if (route.binary === 'response') return new Uint8Array(await response.arrayBuffer())
  return response.status === 204 ? undefined : response.json()
}

async function send(options: ClientOptions, path: string, init: RequestInit): Promise<Response> {
  try {
    // a body that streams has no answer before its end
    const streamed = init.body instanceof ReadableStream ? { duplex: 'half' as const } : {}
    return await (options.fetch ?? fetch)(options.baseUrl + path, { ...init, ...streamed })
  } catch (cause) {
    if (init.signal?.aborted) throw cause
    throw new CapstanError('server/unreachable', { address: options.baseUrl || 'this address' }, { cause })
  }
}

function pathOf(template: string, { params = {}, query = {} }: CallInput): string {
  const path = template.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) if (value !== undefined) search.set(key, String(value))
  return search.size > 0 ? `${path}?${search}` : path
}

function headersOf({ token, actAs, language }: ClientOptions): Record<string, string> {
  return {
    ...(token ? { authorization: `Bearer ${token}` } : {}),
    ...(actAs ? { 'x-capstan-member': actAs } : {}),
    ...(language ? { 'accept-language': language } : {}),
  }
}

async function errorBodyOf(response: Response): Promise<ErrorBody> {
  const text = await response.text()
  try {
    return ErrorBody.parse(JSON.parse(text))
  } catch {
    return { code: `http/${response.status}`, message: text.slice(0, 500) || response.statusText, hint: '' }
  }
}

interface EventOptions {
  after?: number
  signal?: AbortSignal
  onOpen?: () => void
}

async function* events(
  options: ClientOptions,
  { after, signal, onOpen }: EventOptions,
): AsyncGenerator<LiveEvent> {
  const headers: Record<string, string> = after === undefined ? {} : { 'last-event-id': String(after) }
  for await (const data of stream(options, EVENTS_PATH, { headers, signal, onOpen }))
    yield LiveEvent.parse(data)
}

async function* followLog(
  options: ClientOptions,
  id: string,
  { offset = 0, signal }: { offset?: number; signal?: AbortSignal },
): AsyncGenerator<LogPage> {
  const path = pathOf(LOG_STREAM_PATH, { params: { id }, query: { offset } })
  for await (const data of stream(options, path, { headers: {}, signal })) yield LogPage.parse(data)
}

async function* stream(
  options: ClientOptions,
  path: string,
  { headers, signal, onOpen }: { headers: Record<string, string>; signal?: AbortSignal; onOpen?: () => void },
): AsyncGenerator<unknown> {
  const response = await send(options, path, { headers: { ...headersOf(options), ...headers }, signal })
  if (!response.ok || !response.body) throw new ApiError(response.status, await errorBodyOf(response))
  onOpen?.()
  const waiting: unknown[] = []
  const parser = createParser({ onEvent: (event) => waiting.push(JSON.parse(event.data)) })
  const decoder = new TextDecoder()
  const reader = response.body.getReader()
  while (true) {
    const { value, done } = await reader.read()
    if (done) return
    parser.feed(decoder.decode(value, { stream: true }))
    yield* waiting.splice(0)
  }
}
