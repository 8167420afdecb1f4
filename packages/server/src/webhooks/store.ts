/** @file Webhooks and their outbox: deliveries are saved with what they tell, and outlive any crash. */
import { CapstanError, type Delivery, type Notice, type Webhook } from '@capstan/api'
import type { DeliveryVerdict } from '@capstan/domain'
import type { Context } from '../context.ts'
import { type Db, recordStore } from '../database/records.ts'
import type { Schema } from '../database/schema.ts'

export type WebhookRecord = Omit<Webhook, 'address' | 'signed'> & { url: string; secret: string | null }

export const webhooks = recordStore<WebhookRecord>('webhooks', 'webhook')

type Row = Omit<Schema['deliveries'], 'position'>
type Body = Pick<Delivery, 'attempts' | 'createdAt'>

/** How long a delivery is held by whoever sends it; after that another process may. */
const LEASE_MS = 60_000

export async function queueDeliveries(db: Db, newId: Context['newId'], notice: Notice): Promise<void> {
  for (const { id, kinds, active } of await webhooks.list(db)) {
    if (active && (kinds.length === 0 || kinds.includes(notice.kind)))
      await queueDelivery(db, newId('delivery'), id, notice.id, notice.at)
  }
}

export async function queueDelivery(
  db: Db,
  id: string,
  webhookId: string,
  noticeId: string | null,
  at: string,
): Promise<Delivery> {
  const body: Body = { attempts: [], createdAt: at }
  const row: Row = {
    ...{ id, webhook_id: webhookId, notice_id: noticeId, state: 'waiting', attempts: 0 },
    ...{ next_at: at, lease_until: null, body: JSON.stringify(body) },
  }
  await db.insertInto('deliveries').values(row).execute()
  return shownDelivery(row)
}

/** Takes what is due; two processes never take the same. */
export async function claimDeliveries(db: Db, now: string, limit: number): Promise<Row[]> {
  const due = await db
    .selectFrom('deliveries')
    .selectAll()
    .where('state', '=', 'waiting')
    .where('next_at', '<=', now)
    .where((e) => e.or([e('lease_until', 'is', null), e('lease_until', '<', now)]))
    .orderBy('next_at')
    .limit(limit)
    .execute()
  const lease = new Date(Date.parse(now) + LEASE_MS).toISOString()
  const taken: Row[] = []
  for (const row of due) {
    const { numUpdatedRows } = await db
      .updateTable('deliveries')
      .set({ lease_until: lease })
      .where('id', '=', row.id)
      .where('state', '=', 'waiting')
      .where((e) =>
        row.lease_until === null ? e('lease_until', 'is', null) : e('lease_until', '=', row.lease_until),
      )
      .executeTakeFirst()
    if (numUpdatedRows === 1n) taken.push(row)
  }
  return taken
}

export async function settleDelivery(
  db: Db,
  row: Row,
  attempt: Delivery['attempts'][number],
  verdict: DeliveryVerdict,
): Promise<void> {
  const body = JSON.parse(row.body) as Body
  const next = verdict.state === 'waiting' ? Date.parse(attempt.at) + verdict.seconds * 1000 : null
  await db
    .updateTable('deliveries')
    .set({
      ...{ state: verdict.state, attempts: row.attempts + 1, lease_until: null },
      ...(next === null ? {} : { next_at: new Date(next).toISOString() }),
      body: JSON.stringify({ ...body, attempts: [...body.attempts, attempt].slice(-50) }),
    })
    .where('id', '=', row.id)
    .execute()
}

export async function deliveriesOf(db: Db, webhookId: string, limit: number): Promise<Delivery[]> {
  const rows = await db
    .selectFrom('deliveries')
    .selectAll()
    .where('webhook_id', '=', webhookId)
    .orderBy('position', 'desc')
    .limit(limit)
    .execute()
  return rows.map(shownDelivery)
}

/** @throws {CapstanError} `request/not-found` */
export async function sendAgain(db: Db, id: string, at: string): Promise<Delivery> {
  const { numUpdatedRows } = await db
    .updateTable('deliveries')
    .set({ state: 'waiting', attempts: 0, next_at: at, lease_until: null })
    .where('id', '=', id)
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) throw new CapstanError('request/not-found', { noun: 'delivery', id })
  const row = await db.selectFrom('deliveries').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  return shownDelivery(row)
}

export async function removeWebhook(db: Db, id: string): Promise<void> {
  await db.deleteFrom('deliveries').where('webhook_id', '=', id).execute()
  await webhooks.remove(db, id)
}

function shownDelivery({ id, webhook_id, notice_id, state, next_at, body }: Row): Delivery {
  const { attempts, createdAt } = JSON.parse(body) as Body
  const nextAt = state === 'waiting' ? next_at : null
  return {
    id,
    webhookId: webhook_id,
    noticeId: notice_id,
    state: state as Delivery['state'],
    attempts,
    nextAt,
    createdAt,
  }
}
