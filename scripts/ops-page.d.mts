import type { OpEntry } from '@capstan/engine'

export function opsPage(table: readonly OpEntry[]): string
