/** @file The typed client of this page's own server, in the reader's language. */
import { type Client, createClient } from '@capstan/api'
import { i18n } from '../i18n/i18n.ts'
import type { Language } from '../i18n/language.ts'

const clients = new Map<Language, Client>()

export function capstan(): Client {
  const language = (i18n.language ?? 'en') as Language
  const known = clients.get(language)
  if (known) return known
  const client = createClient({ baseUrl: '', language })
  clients.set(language, client)
  return client
}
