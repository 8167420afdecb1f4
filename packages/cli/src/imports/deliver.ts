/** @file Brings imported runs to the server: once, in order, a batch at a time. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { ApiError, ArtifactPath, type Bytes, CapstanError, type Client, type LogRecord } from '@capstan/api'
import { count, type ImportedRun, type ImportSource } from './source.ts'

const BATCH = 1000
const BATCH_BYTES = 1024 * 1024

export interface ImportReport {
  runs: number
  /** Runs that were there already, unchanged. */
  known: number
  records: number
  artifacts: number
  skipped: Record<string, number>
  /** Runs that were left out whole, with the reason. */
  refused: { run: string; reason: string }[]
}

export async function importAll(
  capstan: Client,
  source: ImportSource,
  options: { signal?: AbortSignal; onRun?: (done: number) => void } = {},
): Promise<ImportReport> {
  const report: ImportReport = { runs: 0, known: 0, records: 0, artifacts: 0, skipped: {}, refused: [] }
  const taken = new Set<string>()
  try {
    for await (const run of source.runs()) {
      options.signal?.throwIfAborted()
      try {
        await importRun(capstan, run, report, taken, source.skipped)
      } catch (error) {
        // one damaged run does not hold up the others; a server that is gone does
        const own = error instanceof CapstanError && error.code.startsWith('import/')
        if (!own && !(error instanceof ApiError && error.status === 400)) throw error
        report.refused.push({ run: run.name, reason: error.message })
      }
      options.onRun?.(report.runs + report.known)
    }
  } finally {
    source.close()
  }
  report.skipped = Object.fromEntries(source.skipped)
  return report
}

async function importRun(
  capstan: Client,
  run: ImportedRun,
  report: ImportReport,
  taken: Set<string>,
  skipped: Map<string, number>,
): Promise<void> {
  // read to the end before anything is sent: what is damaged changes nothing
  const session = `import_${await digestOf(run)}`
  const opened = await capstan.logging.open({
    params: { id: session },
    body: {
      identity: run.identity,
      name: run.name.trim().slice(0, 200) || run.identity,
      experiment: run.experiment.trim().slice(0, 200) || 'imported',
      parentRunId: run.parent !== null && taken.has(run.parent) ? run.parent : null,
      user: run.user.slice(0, 200),
      startedAt: run.startedAt,
    },
  })
  taken.add(run.identity)
  let { applied } = opened
  const before = applied
  let number = 0
  let size = 0
  let batch: LogRecord[] = []
  const send = async () => {
    if (batch.length === 0) return
    const first = number - batch.length + 1
    const answer = await capstan.logging.append({ params: { id: session }, body: { first, records: batch } })
    applied = answer.applied
    batch = []
    size = 0
  }
  for await (const record of recordsOf(capstan, run, skipped, () => number >= opened.applied)) {
    number++
    if (number <= opened.applied) continue
    batch.push(record)
    if (record.kind === 'artifact') report.artifacts++
    size += JSON.stringify(record).length
    if (batch.length >= BATCH || size >= BATCH_BYTES) await send()
  }
  await send()
  report.records += applied - before
  if (applied === before) report.known++
  else report.runs++
}

/** Files come before the end of the run. */
async function* recordsOf(
  capstan: Client,
  run: ImportedRun,
  skipped: Map<string, number>,
  wanted: () => boolean,
): AsyncGenerator<LogRecord> {
  const last: LogRecord[] = []
  for await (const record of run.records()) {
    if (record.kind === 'end') last.push(record)
    else yield record
  }
  for await (const { path, file } of run.artifacts()) {
    if (!ArtifactPath.safeParse(path).success) {
      count(skipped, 'file whose path is not safe to keep')
      continue
    }
    if (!wanted()) {
      // its place in the sequence is enough for one that has arrived
      yield { kind: 'artifact', at: 0, path, blob: '0'.repeat(64), bytes: 0 }
      continue
    }
    const body = Readable.toWeb(createReadStream(file)) as unknown as Bytes
    const { hash, bytes } = await capstan.blobs.put({ body })
    yield { kind: 'artifact', at: Date.now(), path, blob: hash, bytes }
  }
  yield* last
}

/** Of everything that will be sent; an import of the same content finds its session, and one of grown content opens another. */
async function digestOf(run: ImportedRun): Promise<string> {
  const digest = createHash('sha256').update(run.identity)
  for await (const record of run.records()) digest.update(JSON.stringify(record))
  for await (const { path, file } of run.artifacts()) {
    digest.update(`\n${path}\n`)
    for await (const chunk of createReadStream(file)) digest.update(chunk as Buffer)
  }
  return digest.digest('hex').slice(0, 40)
}
