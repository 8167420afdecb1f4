/** @file What the document says of a table: the shape of its records, and which other records they name. */
import type { z } from 'zod'
import type { Schema } from '../database/schema.ts'

export type Table = keyof Schema
export type Json = Record<string, unknown>

/** Where records name others: a path (`*` every element, `@` every key) to the table that they are in. */
export type Links = Readonly<Record<string, Table | 'evidence'>>

export interface Spec {
  schema: z.ZodType<Json>
  links: Links
  /** Columns by which rows are read page by page, in this order. */
  order: readonly string[]
  /** Fields of a record that no two have alike. */
  key: readonly string[]
  /** A field besides `key` that other records name this one by. */
  alias?: string
  /** A row of the database as a record of the document, and back. */
  out(row: Json): Json
  into(record: Json): Json
  /** What must not start by itself, at rest. */
  settle?(record: Json, at: string): Json
}

/** What a document holds of a table, or why it does not. */
export type Exported = Spec | { leftOut: string }

/** The values at a path of a record. */
export function valuesAt(record: unknown, path: string): unknown[] {
  let found: unknown[] = [record]
  for (const step of path.split('.')) {
    found = found.flatMap((value): unknown[] => {
      if (value === null || typeof value !== 'object') return []
      if (step === '@') return Object.keys(value)
      if (step === '*') return Object.values(value)
      return Object.hasOwn(value, step) ? [(value as Json)[step]] : []
    })
  }
  return found.filter((value) => value !== null && value !== undefined)
}

/** What a schema leaves out of a record is kept; what it adds or corrects stands. */
export function filled(given: unknown, parsed: unknown): unknown {
  if (Array.isArray(given) && Array.isArray(parsed))
    return parsed.map((value, i) => (i < given.length ? filled(given[i], value) : value))
  if (!isPlain(given) || !isPlain(parsed)) return parsed
  const made: Json = { ...given }
  for (const [key, value] of Object.entries(parsed)) made[key] = filled(given[key], value)
  return made
}

export const isPlain = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
