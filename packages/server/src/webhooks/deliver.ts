/** @file Empties the outbox: sends what is due, tries again later, keeps what became of it. */
import { type CapstanError, type Delivery, CapstanError as Known } from '@capstan/api'
import {
  deliveryVerdict,
  message,
  pageOf,
  render,
  signWebhook,
  type WebhookFormat,
  type WebhookNotice,
  webhookBody,
} from '@capstan/domain'
import type { Context } from '../context.ts'
import type { Db } from '../database/records.ts'
import { members } from '../members/store.ts'
import { notices } from '../notices/store.ts'
import { readFacts } from '../workspace/facts.ts'
import { type AddressPolicy, destinationOf } from './address.ts'
import { send } from './send.ts'
import { claimDeliveries, settleDelivery, type WebhookRecord, webhooks } from './store.ts'

const LOOK_MS = 1000
const AT_ONCE = 10

export interface Outbox {
  close(): Promise<void>
}

/** @param address of this server, as links name it */
export function emptyOutbox(context: Context, policy: AddressPolicy, address: string): Outbox {
  let closing = false
  let working = Promise.resolve()
  const look = async () => {
    while (!closing) {
      const due = await claimDeliveries(context.db, context.now().toISOString(), AT_ONCE)
      if (due.length === 0) return
      await Promise.all(due.map((row) => deliver(context, policy, address, row)))
    }
  }
  let looking = false
  const timer = setInterval(() => {
    if (looking) return
    looking = true
    working = look()
      .catch((error) => context.log.error(error))
      .finally(() => {
        looking = false
      })
  }, LOOK_MS)
  return {
    async close() {
      closing = true
      clearInterval(timer)
      await working
    },
  }
}

type Row = Awaited<ReturnType<typeof claimDeliveries>>[number]

async function deliver(
  { db, now, log }: Context,
  policy: AddressPolicy,
  address: string,
  row: Row,
): Promise<void> {
  const webhook = await webhooks.find(db, row.webhook_id)
  const start = performance.now()
  const attempt = (status: number | null, error: string | null): Delivery['attempts'][number] => ({
    ...{ at: now().toISOString(), status, error: error?.slice(0, 300) ?? null },
    milliseconds: Math.round(performance.now() - start),
  })
  if (!webhook?.active) return settleDelivery(db, row, attempt(null, 'inactive'), { state: 'failed' })
  try {
    const notice = await noticeFor(db, row, webhook, address)
    const { format, url, secret } = webhook
    const body = webhookBody(format, notice)
    const signed = await signWebhook(format, { id: row.id, url, body }, secret, now().getTime())
    const destination = await destinationOf(signed.url, policy)
    const answer = await send(destination, signed.headers, signed.body)
    const said = refusalIn(format, answer.text)
    const verdict = deliveryVerdict(row.attempts + 1, { ...answer, accepted: said === null }, Math.random())
    const error = verdict.state === 'delivered' ? null : (said ?? answer.text.slice(0, 300))
    await settleDelivery(db, row, attempt(answer.status, error), verdict)
  } catch (error) {
    // an address inside a network stays one; the sentence says so in the webhook's language
    const refused = error instanceof Known
    const text = refused ? (error as CapstanError).body(webhook.language).message : (error as Error).message
    const verdict = refused
      ? ({ state: 'failed' } as const)
      : deliveryVerdict(row.attempts + 1, { status: null }, Math.random())
    log.warn({ webhook: webhook.id, delivery: row.id }, `a webhook could not be delivered: ${text}`)
    await settleDelivery(db, row, attempt(null, text), verdict)
  }
}

async function noticeFor(db: Db, row: Row, webhook: WebhookRecord, address: string): Promise<WebhookNotice> {
  const { currency } = await readFacts(db)
  const notice = row.notice_id === null ? null : await notices.find(db, row.notice_id)
  const said = (notice?.message ?? message('notice.trial', { name: webhook.name })) as Parameters<
    typeof render
  >[0]
  const names = new Map((await members.list(db)).map(({ id, name }) => [id, name]))
  const subject = notice?.subject ?? { noun: 'webhook', id: webhook.id }
  return {
    ...{ id: notice?.id ?? row.id, kind: notice?.kind ?? 'trial', at: notice?.at ?? row.next_at, subject },
    url: `${address}${pageOf(subject.noun, subject.id)}`,
    text: render(said, webhook.language, { currency }),
    message: said,
    members: (notice?.memberIds ?? []).map((id) => ({ id, name: names.get(id) ?? id })),
  }
}

/** Feishu and DingTalk answer 200 with a code of their own to what they refuse. */
function refusalIn(format: WebhookFormat, text: string): string | null {
  if (format !== 'feishu' && format !== 'dingtalk') return null
  try {
    const answer = JSON.parse(text) as Record<string, unknown>
    const code = answer.code ?? answer.StatusCode ?? answer.errcode
    if (code === 0) return null
    return String(answer.msg ?? answer.errmsg ?? answer.StatusMessage ?? text)
  } catch {
    return text || 'no answer'
  }
}
