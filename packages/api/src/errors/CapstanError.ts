/** @file An error that a user can meet: a catalogued code with the values of its sentence. */
import { type Message, render } from '@capstan/domain'
import { z } from 'zod'
import { type ErrorCode, type ErrorEntry, errorCatalogue } from './catalogue.ts'

type Language = 'en' | 'zh-CN'
/** A value that reads differently in each language. */
export type LocalText = Record<Language, string>
export type ErrorValues = Record<string, string | number | LocalText>

/** What every refused request answers with. */
export const ErrorBody = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  values: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
})
export type ErrorBody = z.infer<typeof ErrorBody>

export class CapstanError extends Error {
  readonly code: ErrorCode
  readonly values: ErrorValues
  override readonly name = 'CapstanError'

  constructor(code: ErrorCode, values: ErrorValues = {}, options?: { cause?: unknown }) {
    super(fill(errorCatalogue[code].en.message, inLanguage(values, 'en')), options)
    this.code = code
    this.values = values
  }

  get entry(): ErrorEntry {
    return errorCatalogue[this.code]
  }

  body(language: Language): ErrorBody {
    const { message, hint } = this.entry[language]
    const values = inLanguage(this.values, language)
    return { code: this.code, message: fill(message, values), hint: fill(hint, values), values }
  }
}

/** A refusal of the domain as an error: the same sentence that the page shows beforehand. */
export function refusedError(refusal: Message): CapstanError {
  const values = { refusal: refusal.code, reason: localText(refusal) }
  return new CapstanError('request/refused', values, { cause: refusal })
}

/** What a refusal of `refusedError` says, to be kept with what it ended; null for any other error. */
export const refusalIn = (error: unknown): Message | null =>
  error instanceof CapstanError && error.code === 'request/refused'
    ? ((error.cause as Message) ?? null)
    : null

/** A search that cannot be read, as an error. */
export function searchError(refusal: Message): CapstanError {
  return new CapstanError('search/invalid', { refusal: refusal.code, reason: localText(refusal) })
}

export const localText = (message: Message): LocalText => ({
  en: render(message, 'en'),
  'zh-CN': render(message, 'zh-CN'),
})

const inLanguage = (values: ErrorValues, language: Language): Record<string, string | number> =>
  Object.fromEntries(Object.entries(values).map(([k, v]) => [k, typeof v === 'object' ? v[language] : v]))

/** An error that came back over HTTP, already in the reader's language. */
export class ApiError extends Error {
  readonly status: number
  readonly body: ErrorBody
  override readonly name = 'ApiError'

  constructor(status: number, body: ErrorBody) {
    super(body.message)
    this.status = status
    this.body = body
  }
}

/** Fills `{slot}`s; a slot without a value stays visible, so that it is noticed. */
export function fill(template: string, values: Record<string, string | number>): string {
  return template.replace(/\{(\w+)\}/g, (slot, name: string) => {
    const value = values[name]
    return value === undefined ? slot : typeof value === 'number' ? value.toLocaleString('en-US') : value
  })
}
