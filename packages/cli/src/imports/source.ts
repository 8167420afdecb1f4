/** @file What an import brings, whatever it comes from: runs, their records in order, their files. */
import type { LogRecord } from '@capstan/api'

export interface ImportedRun {
  /** The same each time the same run is read: an import done twice finds it again. */
  identity: string
  name: string
  experiment: string
  user: string
  startedAt: number
  /** Identity of the run it belongs to. */
  parent: string | null
  /** In a fixed order; read twice, and never held in memory as a whole. @throws {CapstanError} `import/damaged` */
  records(): AsyncIterable<LogRecord> | Iterable<LogRecord>
  /** Files on this machine. */
  artifacts(): AsyncIterable<{ path: string; file: string }> | Iterable<{ path: string; file: string }>
}

export interface ImportSource {
  /** Parents before their children. */
  runs(): AsyncIterable<ImportedRun>
  /** What is left out, by its kind. */
  readonly skipped: Map<string, number>
  close(): void
}

export function count(skipped: Map<string, number>, kind: string, by = 1): void {
  if (by > 0) skipped.set(kind, (skipped.get(kind) ?? 0) + by)
}
