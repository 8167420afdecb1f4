/** @file A webhook as a form holds it. */
import type { Webhook } from '@capstan/api'

export interface WebhookFields {
  name: string
  format: Webhook['format']
  url: string
  secret: string
  kinds: Webhook['kinds']
  language: Webhook['language']
  active: boolean
}

/** Neither address nor secret come back from the server: left empty, they stay as they are. */
export const webhookFields =
  (language: Webhook['language']) =>
  (webhook: Webhook | null): WebhookFields => ({
    name: webhook?.name ?? '',
    format: webhook?.format ?? 'generic',
    url: '',
    secret: '',
    kinds: webhook?.kinds ?? [],
    language: webhook?.language ?? language,
    active: webhook?.active ?? true,
  })

const given = <K extends string>(key: K, text: string) =>
  (text.trim() === '' ? {} : { [key]: text.trim() }) as Partial<Record<K, string>>

export const webhookBody = ({ name, url, secret, kinds, language, active }: WebhookFields) => ({
  ...{ name, kinds, language, active },
  ...given('url', url),
  ...given('secret', secret),
})

/** Slack signs nothing. */
export const takesSecret = (format: Webhook['format']): boolean => format !== 'slack'
