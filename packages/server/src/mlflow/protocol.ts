/** @file MLflow's REST protocol: how requests are read and how errors are told. */
import { CapstanError } from '@capstan/api'
import { type Message, render } from '@capstan/domain'

export type ErrorName =
  | 'INVALID_PARAMETER_VALUE'
  | 'RESOURCE_DOES_NOT_EXIST'
  | 'RESOURCE_ALREADY_EXISTS'
  | 'ENDPOINT_NOT_FOUND'
  | 'PERMISSION_DENIED'
  | 'UNAUTHENTICATED'
  | 'REQUEST_LIMIT_EXCEEDED'
  | 'INVALID_STATE'
  | 'RESOURCE_EXHAUSTED'
  | 'TEMPORARILY_UNAVAILABLE'
  | 'NOT_IMPLEMENTED'
  | 'INTERNAL_ERROR'

const statuses = {
  INVALID_PARAMETER_VALUE: 400,
  RESOURCE_DOES_NOT_EXIST: 404,
  RESOURCE_ALREADY_EXISTS: 400,
  ENDPOINT_NOT_FOUND: 404,
  PERMISSION_DENIED: 403,
  UNAUTHENTICATED: 401,
  REQUEST_LIMIT_EXCEEDED: 429,
  INVALID_STATE: 400,
  RESOURCE_EXHAUSTED: 507,
  TEMPORARILY_UNAVAILABLE: 503,
  NOT_IMPLEMENTED: 501,
  INTERNAL_ERROR: 500,
} as const satisfies Record<ErrorName, number>

/** A refusal in the words that MLflow's clients know. */
export class MlflowError extends Error {
  readonly errorName: ErrorName
  override readonly name = 'MlflowError'
  constructor(errorName: ErrorName, message: string) {
    super(message)
    this.errorName = errorName
  }
  get status(): number {
    return statuses[this.errorName]
  }
  get body(): { error_code: ErrorName; message: string } {
    return { error_code: this.errorName, message: this.message }
  }
}

export const invalid = (text: string): MlflowError => new MlflowError('INVALID_PARAMETER_VALUE', text)
export const refusedBy = (refusal: Message): MlflowError => invalid(render(refusal, 'en'))
export const unknown = (text: string): MlflowError => new MlflowError('RESOURCE_DOES_NOT_EXIST', text)

/** What Capstan's own errors are called here; what is not named is an internal error. */
const names: Partial<Record<CapstanError['code'], ErrorName>> = {
  'request/invalid': 'INVALID_PARAMETER_VALUE',
  'request/too-large': 'INVALID_PARAMETER_VALUE',
  'request/refused': 'INVALID_STATE',
  'request/not-found': 'RESOURCE_DOES_NOT_EXIST',
  'request/no-route': 'ENDPOINT_NOT_FOUND',
  'request/exists': 'RESOURCE_ALREADY_EXISTS',
  'request/changed-meanwhile': 'TEMPORARILY_UNAVAILABLE',
  'request/rate-limited': 'TEMPORARILY_UNAVAILABLE',
  'search/invalid': 'INVALID_PARAMETER_VALUE',
  'run/param-changed': 'INVALID_PARAMETER_VALUE',
  'artifact/path': 'INVALID_PARAMETER_VALUE',
  'artifact/missing': 'RESOURCE_DOES_NOT_EXIST',
  'run/deleted': 'INVALID_PARAMETER_VALUE',
  'blob/missing': 'RESOURCE_DOES_NOT_EXIST',
  'access/no-token': 'UNAUTHENTICATED',
  'access/sign-in': 'UNAUTHENTICATED',
  'access/bad-token': 'UNAUTHENTICATED',
  'access/wrong-password': 'UNAUTHENTICATED',
  'access/wait': 'REQUEST_LIMIT_EXCEEDED',
  'access/busy': 'TEMPORARILY_UNAVAILABLE',
  'access/refused': 'PERMISSION_DENIED',
  'access/token-scope': 'PERMISSION_DENIED',
  'access/cross-site': 'PERMISSION_DENIED',
  'access/unknown-host': 'PERMISSION_DENIED',
  'workspace/disk-full': 'RESOURCE_EXHAUSTED',
}

export function mlflowErrorOf(error: unknown): MlflowError {
  if (error instanceof MlflowError) return error
  if (error instanceof CapstanError) {
    const { message, hint } = error.body('en')
    return new MlflowError(names[error.code] ?? 'INTERNAL_ERROR', `${message} ${hint}`)
  }
  return new MlflowError('INTERNAL_ERROR', 'Something went wrong in the server; its log says what.')
}

/** A request's fields, from query or body. */
export type Fields = Readonly<Record<string, unknown>>

const given = (fields: Fields, name: string): unknown => {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined
  return value === null ? undefined : value
}

const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, 200) ?? 'null'

const missing = (name: string): MlflowError =>
  invalid(
    `Missing value for required parameter '${name}'. See the API docs for more information about request parameters.`,
  )

const wrong = (name: string, value: unknown): MlflowError =>
  invalid(
    `Invalid value ${shown(value)} for parameter '${name}' supplied. See the API docs for more information about request parameters.`,
  )

export function text(fields: Fields, name: string): string {
  const value = optionalText(fields, name)
  if (value === undefined) throw missing(name)
  return value
}

export function optionalText(fields: Fields, name: string): string | undefined {
  const value = given(fields, name)
  if (value === undefined) return undefined
  if (typeof value !== 'string') throw wrong(name, value)
  return value
}

/** A 64-bit number as a number or a string; Capstan keeps what a double holds exactly. */
export function optionalWhole(fields: Fields, name: string): number | undefined {
  const value = given(fields, name)
  if (value === undefined) return undefined
  const number =
    typeof value === 'string' && /^[-+]?\d{1,20}$/.test(value)
      ? Number(value)
      : typeof value === 'number'
        ? value
        : Number.NaN
  if (!Number.isSafeInteger(number)) throw wrong(name, value)
  return number
}

export function whole(fields: Fields, name: string): number {
  const value = optionalWhole(fields, name)
  if (value === undefined) throw missing(name)
  return value
}

/** A double as a number or a string; `NaN` and infinities are strings. */
export function double(fields: Fields, name: string): number {
  const value = given(fields, name)
  if (value === undefined) throw missing(name)
  if (typeof value === 'number') return value
  if (typeof value === 'string') {
    const special = { NaN: Number.NaN, Infinity, '-Infinity': -Infinity }[value]
    if (special !== undefined) return special
    if (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(value)) return Number(value)
  }
  throw invalid(
    `Invalid value ${shown(value)} for parameter '${name}' supplied: Please specify value as a valid double (64-bit floating point)`,
  )
}

export function optionalFlag(fields: Fields, name: string): boolean {
  const value = given(fields, name)
  if (value === undefined) return false
  if (typeof value === 'boolean') return value
  if (value === 'true' || value === 'false') return value === 'true'
  throw wrong(name, value)
}

/** A list of objects; none when left out. */
export function objects(fields: Fields, name: string): Fields[] {
  const value = given(fields, name)
  if (value === undefined) return []
  if (!Array.isArray(value) || value.some((each) => typeof each !== 'object' || each === null)) {
    throw wrong(name, value)
  }
  return value as Fields[]
}

/** A list of strings; a query has one of them as itself. */
export function texts(fields: Fields, name: string): string[] {
  const value = given(fields, name)
  if (value === undefined) return []
  const list = Array.isArray(value) ? value : [value]
  if (list.some((each) => typeof each !== 'string')) throw wrong(name, value)
  return list as string[]
}

/** How many results a page may hold. */
export function pageSize(fields: Fields, fallback: number, most: number): number {
  const size = optionalWhole(fields, 'max_results') ?? fallback
  if (size < 1 || size > most) {
    throw invalid(
      `Invalid value ${size} for parameter 'max_results' supplied: It must be at most ${most} and positive, but got value ${size}`,
    )
  }
  return size
}

/** Pages over a list that is there as a whole. */
export function pageOf<T>(
  all: readonly T[],
  size: number,
  token: string | undefined,
): { items: T[]; next_page_token?: string } {
  const from = token ? Number(Buffer.from(token, 'base64url').toString()) : 0
  if (!Number.isSafeInteger(from) || from < 0)
    throw invalid(`Invalid page token, decoded value is ${shown(token)}`)
  const items = all.slice(from, from + size)
  const next = from + size
  return next < all.length
    ? { items, next_page_token: Buffer.from(String(next)).toString('base64url') }
    : { items }
}
