/** @file Webhooks: notices sent to other services, and what became of each. */
import { webhookFormats } from '@capstan/domain'
import { z } from 'zod'
import { ById, Count, Id, Instant, Name, Revision } from '../contract/basics.ts'
import { route } from '../contract/route.ts'
import { NoticeKind } from './notices.ts'

export const WebhookFormat = z.enum(webhookFormats)
const Address = z.string().trim().min(1).max(2000)
const Secret = z.string().min(1).max(200)

export const Webhook = z.object({
  id: Id,
  name: Name,
  format: WebhookFormat,
  /** Host and the beginning of the path: for some services the whole address is a secret. */
  address: z.string(),
  /** It has a secret to sign with. */
  signed: z.boolean(),
  /** What it is told of; everything when empty. */
  kinds: z.array(NoticeKind),
  language: z.enum(['en', 'zh-CN']),
  active: z.boolean(),
  createdAt: Instant,
  revision: Revision.optional(),
})
export type Webhook = z.infer<typeof Webhook>

export const Delivery = z.object({
  id: Id,
  webhookId: Id,
  /** null of a trial. */
  noticeId: Id.nullable(),
  state: z.enum(['waiting', 'delivered', 'failed']),
  attempts: z.array(
    z.object({
      at: Instant,
      /** HTTP status; null when nothing answered. */
      status: Count.nullable(),
      /** What went wrong, or what the receiver said. */
      error: z.string().nullable(),
      milliseconds: z.number(),
    }),
  ),
  /** Of the next attempt, while it waits. */
  nextAt: Instant.nullable(),
  createdAt: Instant,
})
export type Delivery = z.infer<typeof Delivery>

const Kinds = z.array(NoticeKind).max(20)

export const webhookRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/webhooks',
    summary: 'Webhooks, without their secrets',
    access: 'lead',
    response: z.array(Webhook),
  }),
  create: route({
    method: 'POST',
    path: '/api/v1/webhooks',
    summary: 'Send notices to another service; the secret is told once',
    access: 'lead',
    status: 201,
    body: z.strictObject({
      name: Name,
      format: WebhookFormat.default('generic'),
      url: Address,
      /** Feishu and DingTalk give one; for the generic format it is made here when left out. */
      secret: Secret.optional(),
      kinds: Kinds.default([]),
      language: z.enum(['en', 'zh-CN']).default('en'),
    }),
    response: Webhook.extend({ secret: z.string().nullable() }),
  }),
  edit: route({
    method: 'PATCH',
    path: '/api/v1/webhooks/:id',
    summary: 'Change a webhook',
    access: 'lead',
    params: ById,
    body: z.strictObject({
      revision: Revision,
      name: Name.optional(),
      url: Address.optional(),
      secret: Secret.optional(),
      kinds: Kinds.optional(),
      language: z.enum(['en', 'zh-CN']).optional(),
      active: z.boolean().optional(),
    }),
    response: Webhook,
  }),
  remove: route({
    method: 'DELETE',
    path: '/api/v1/webhooks/:id',
    summary: 'Remove a webhook with its history; what still waits is not sent',
    access: 'lead',
    params: ById,
    response: z.object({ id: Id }),
  }),
  trial: route({
    method: 'POST',
    path: '/api/v1/webhooks/:id/trial',
    summary: 'Send a trial',
    access: 'lead',
    status: 202,
    params: ById,
    response: Delivery,
  }),
  deliveries: route({
    method: 'GET',
    path: '/api/v1/webhooks/:id/deliveries',
    summary: 'What was sent, newest first, with every attempt',
    access: 'lead',
    params: ById,
    query: z.strictObject({ limit: z.coerce.number().int().min(1).max(500).default(50) }),
    response: z.array(Delivery),
  }),
  again: route({
    method: 'POST',
    path: '/api/v1/deliveries/:id/again',
    summary: 'Send a delivery again now',
    access: 'lead',
    status: 202,
    params: ById,
    response: Delivery,
  }),
}
