/** @file The typed client of this page's own server, in the reader's language. */
import { type Api, type Client, createClient, type Route } from '@capstan/api'
import type { z } from 'zod'
import { i18n } from '../i18n/i18n.ts'
import type { Language } from '../i18n/language.ts'

/** What a route takes as its body. */
export type BodyOf<N extends keyof Api, V extends keyof Api[N]> =
  Api[N][V] extends Route<z.ZodType, z.ZodType, infer B, z.ZodType> ? z.input<B> : never

const clients = new Map<Language, Client>()

export function capstan(): Client {
  const language = (i18n.language ?? 'en') as Language
  const known = clients.get(language)
  if (known) return known
  const client = createClient({ baseUrl: '', language })
  clients.set(language, client)
  return client
}
