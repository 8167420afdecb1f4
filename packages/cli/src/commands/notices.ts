/** @file `capstan inbox`, `webhooks` and `report`: what people are told. */
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Client, NoticeKind, Webhook } from '@capstan/api'
import type { z } from 'zod'
import { type Context, sentence } from '../context.ts'
import { onServer, type Shared } from '../runs/on-server.ts'
import { memberNamed, named } from './team.ts'

export const showInbox = (
  context: Context,
  options: Shared & { as: string; unread?: true; read?: true },
): Promise<number> =>
  onServer(context, options, async ({ client }) => {
    const { screen, say, language } = context
    const { id } = await memberNamed(client, options.as)
    const params = { id }
    const { items, unread } = await client.inbox.list({
      params,
      query: options.unread ? { unread: true } : {},
    })
    if (options.json) screen.line(JSON.stringify({ items, unread }, null, 2))
    else if (items.length === 0) screen.line(say('team.noNotices'))
    else {
      const { currency } = await client.workspace.get()
      screen.table(
        items.map(({ at, readAt, message }) => [
          ...[readAt === null ? '•' : ' ', at.slice(0, 16).replace('T', ' ')],
          sentence(message, language, currency),
        ]),
      )
    }
    if (options.read) await client.inbox.read({ params, body: {} })
  })

const webhookNamed = async (client: Client, word: string): Promise<Webhook> =>
  named(await client.webhooks.list(), 'webhook', word, ({ name }) => name)

export const listWebhooks = (context: Context, options: Shared): Promise<number> =>
  onServer(context, options, async ({ client }) => {
    const { screen, say } = context
    const all = await client.webhooks.list()
    if (options.json) return screen.line(JSON.stringify(all, null, 2))
    if (all.length === 0) return screen.line(say('team.noWebhooks'))
    screen.table([
      ['Id', say('team.webhook'), say('team.format'), say('team.address')],
      ...all.map(({ id, name, format, address }) => [id, name, format, address]),
    ])
  })

type Given = Shared & {
  format: Webhook['format']
  secret?: string
  kind: z.infer<typeof NoticeKind>[]
}

export const addWebhook = (context: Context, name: string, url: string, options: Given): Promise<number> =>
  onServer(context, options, async ({ client }) => {
    const { screen, say, language } = context
    const { format, secret, kind: kinds } = options
    const body = { name, url, format, kinds, language, ...(secret === undefined ? {} : { secret }) }
    const made = await client.webhooks.create({ body })
    if (options.json) return screen.line(JSON.stringify(made, null, 2))
    screen.line(say('team.webhookAdded', { name, id: made.id }))
    if (made.secret !== null && secret === undefined)
      screen.line(say('team.webhookSecret', { secret: made.secret }))
  })

export const tryWebhook = (context: Context, word: string, options: Shared): Promise<number> =>
  onServer(context, options, async ({ client }) => {
    const { screen, say } = context
    const { id } = await webhookNamed(client, word)
    const params = { id }
    const queued = await client.webhooks.trial({ params })
    const read = async () => (await client.webhooks.deliveries({ params })).find((d) => d.id === queued.id)!
    let seen = await read()
    // the first attempt ends within ten seconds
    for (let i = 0; i < 60 && seen.attempts.length === 0; i++) {
      await new Promise((resume) => setTimeout(resume, 200))
      seen = await read()
    }
    if (options.json) return screen.line(JSON.stringify(seen, null, 2))
    const last = seen.attempts.at(-1)
    screen.line(
      say(`team.delivery.${seen.state}`, {
        answer: last?.error ?? (last?.status ? String(last.status) : '–'),
      }),
    )
  })

export const listDeliveries = (
  context: Context,
  word: string,
  options: Shared & { limit: number },
): Promise<number> =>
  onServer(context, options, async ({ client }) => {
    const { screen, say } = context
    const { id } = await webhookNamed(client, word)
    const all = await client.webhooks.deliveries({ params: { id }, query: { limit: options.limit } })
    if (options.json) return screen.line(JSON.stringify(all, null, 2))
    for (const { createdAt, state, attempts } of all) {
      const last = attempts.at(-1)
      const answer = last?.error ?? (last?.status ? String(last.status) : '–')
      screen.line(`${createdAt.slice(0, 16).replace('T', ' ')}  ${say(`team.delivery.${state}`, { answer })}`)
    }
  })

export const removeWebhook = (context: Context, word: string, options: Shared): Promise<number> =>
  onServer(context, options, async ({ client }) => {
    const { id, name } = await webhookNamed(client, word)
    await client.webhooks.remove({ params: { id } })
    context.screen.line(context.say('team.webhookRemoved', { name }))
  })

type ReportOptions = Shared & { from?: string; to?: string; format: 'md' | 'html'; output?: string }

export const showReport = (context: Context, options: ReportOptions): Promise<number> =>
  onServer(context, options, async ({ client }) => {
    const { screen, say, language, cwd } = context
    const { from, to, format, output } = options
    const window = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
    if (options.json) return screen.line(JSON.stringify(await client.report.get({ query: window }), null, 2))
    const bytes = (await client.report.document({ query: { ...window, format, language } })) as Uint8Array
    if (output === undefined) return screen.line(new TextDecoder().decode(bytes).trimEnd())
    await writeFile(resolve(cwd, output), bytes)
    screen.line(say('resources.written', { file: output }))
  })
