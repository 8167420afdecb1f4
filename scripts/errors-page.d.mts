import type { ErrorEntry } from '@capstan/api'

export function errorsPage(catalogue: Record<string, ErrorEntry>): string
