/** @file Routes of webhooks. */
import { randomBytes } from 'node:crypto'
import { api, refusedError, type Webhook } from '@capstan/api'
import { message, type WebhookFormat } from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { bind } from '../http/register.ts'
import { type AddressPolicy, destinationOf } from './address.ts'
import {
  deliveriesOf,
  queueDelivery,
  removeWebhook,
  sendAgain,
  type WebhookRecord,
  webhooks,
} from './store.ts'

export function webhookRoutes(app: FastifyInstance, context: Context, policy: AddressPolicy): void {
  const { db, change, newId } = context
  bind(app, api.webhooks.list, async () => (await webhooks.list(db)).map(shown))
  bind(app, api.webhooks.create, async ({ body, actor }) => {
    await refuseInside(body.url, policy)
    const secret = secretFor(body.format, body.secret)
    return change(actor, async ({ db: tx, at, record }) => {
      const { name, format, url, kinds, language } = body
      const webhook = await webhooks.insert(tx, {
        ...{ id: newId('webhook'), name, format, url, secret, kinds, language, active: true, createdAt: at },
      })
      await record('webhook', 'added', webhook.id, { name, format, host: new URL(url).host })
      return { ...shown(webhook), secret }
    })
  })
  bind(app, api.webhooks.edit, async ({ params, body, actor }) => {
    const { revision, ...given } = body
    if (given.url !== undefined) await refuseInside(given.url, policy)
    return change(actor, async ({ db: tx, record }) => {
      const webhook = await webhooks.edit(tx, params.id, revision, (w) => ({
        ...{ ...w, ...given },
        ...(given.secret === undefined ? {} : { secret: secretFor(w.format, given.secret) }),
      }))
      const fields = Object.keys(given).join(', ')
      await record('webhook', 'edited', webhook.id, { name: webhook.name, fields })
      return shown(webhook)
    })
  })
  bind(app, api.webhooks.remove, ({ params, actor }) =>
    change(actor, async ({ db: tx, record }) => {
      const { id, name } = await webhooks.get(tx, params.id)
      await removeWebhook(tx, id)
      await record('webhook', 'removed', id, { name })
      return { id }
    }),
  )
  bind(app, api.webhooks.trial, ({ params, actor }) =>
    change(actor, async ({ db: tx, at, record }) => {
      const { id, name } = await webhooks.get(tx, params.id)
      await record('webhook', 'tried', id, { name })
      return queueDelivery(tx, newId('delivery'), id, null, at)
    }),
  )
  bind(app, api.webhooks.deliveries, async ({ params, query }) => {
    await webhooks.get(db, params.id)
    return deliveriesOf(db, params.id, query.limit)
  })
  bind(app, api.webhooks.again, ({ params, actor }) =>
    change(actor, async ({ db: tx, at, record }) => {
      const delivery = await sendAgain(tx, params.id, at)
      await record('webhook', 'repeated', delivery.webhookId, { delivery: delivery.id })
      return delivery
    }),
  )
}

/** Whoever knows the address of such a service may write there: no more of it is shown than tells them apart. */
function shown({ url, secret, ...webhook }: WebhookRecord): Webhook {
  const { origin, pathname } = new URL(url)
  const address = pathname.length > 12 ? `${origin}${pathname.slice(0, 12)}…` : `${origin}${pathname}`
  return { ...webhook, address, signed: secret !== null }
}

/** @throws {CapstanError} `request/refused` */
function secretFor(format: WebhookFormat, given: string | undefined): string | null {
  if (format === 'slack') {
    if (given !== undefined) throw refusedError(message('webhook.slackSecret', {}))
    return null
  }
  if (format !== 'generic') return given ?? null
  if (given !== undefined && given.length < 16) throw refusedError(message('webhook.secret', {}))
  return given ?? `whsec_${randomBytes(32).toString('base64')}`
}

/** Said at once where it is known already; every delivery is checked again. */
async function refuseInside(url: string, policy: AddressPolicy): Promise<void> {
  try {
    await destinationOf(url, policy)
  } catch (error) {
    // a name that cannot be resolved now may be later
    if ('code' in (error as object) && /^E[A-Z_]+$/.test(String((error as { code: unknown }).code))) return
    throw error
  }
}
