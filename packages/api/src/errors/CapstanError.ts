/** @file An error that a user can meet: a catalogued code with the values of its sentence. */
import { z } from 'zod'
import { type ErrorCode, type ErrorEntry, errorCatalogue } from './catalogue.ts'

export type ErrorValues = Record<string, string | number>
type Language = 'en' | 'zh-CN'

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
    super(fill(errorCatalogue[code].en.message, values), options)
    this.code = code
    this.values = values
  }

  get entry(): ErrorEntry {
    return errorCatalogue[this.code]
  }

  body(language: Language): ErrorBody {
    const { message, hint } = this.entry[language]
    return {
      code: this.code,
      message: fill(message, this.values),
      hint: fill(hint, this.values),
      values: this.values,
    }
  }
}

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
export function fill(template: string, values: ErrorValues): string {
  return template.replace(/\{(\w+)\}/g, (slot, name: string) => {
    const value = values[name]
    return value === undefined ? slot : typeof value === 'number' ? value.toLocaleString('en-US') : value
  })
}
