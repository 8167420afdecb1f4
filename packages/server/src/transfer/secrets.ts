/** @file What is secret in a record never leaves the workspace. */
import type { Json, Table } from './spec.ts'

/** Names under which people keep passwords and keys. */
const secretName = /secret|token|passw|passphrase|credential|api_?key|access_?key|private|cookie|auth/i

/** Variables of commands keep their names and lose their values. */
function capture({ body, ...record }: Json): Json {
  const { variables = {}, ...rest } = body as { variables?: Record<string, string> }
  const told = Object.entries(variables).map(([name, value]) => [name, secretName.test(name) ? '' : value])
  return { ...record, body: { ...rest, variables: Object.fromEntries(told) } }
}

const cleaned: Partial<Record<Table, (record: Json) => Json>> = {
  captures: capture,
}

export const withoutSecrets = (table: Table, record: Json): Json => cleaned[table]?.(record) ?? record
