/** @file A run that training code logs into: what is logged is in the spool at once, and travels in the background. */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { CapstanError } from '../errors/CapstanError.ts'
import { ArtifactPath, LogKey, type LogRecord, lastInstant, logLimits } from '../nouns/logging.ts'
import { keepBytes, keepFile } from './files.ts'
import { spoolRoot } from './leftovers.ts'
import { createOutbox } from './outbox.ts'
import { thisProcess } from './owner.ts'
import { type SenderData, type SenderNote, SLOTS, slots } from './signals.ts'
import { createSpool, removeSpool } from './spool.ts'
import { systemSampler } from './system.ts'

export interface RunOptions {
  /** Of the run; the script's name unless given. */
  name?: string
  experimentId?: string
  initiativeId?: string
  parentRunId?: string
  /** Logs into this run, which somebody else ends; `CAPSTAN_RUN_ID` unless given. */
  runId?: string
  params?: Record<string, Scalar>
  tags?: Record<string, string>
  /** Address of the server: `CAPSTAN_URL` unless given, else http://127.0.0.1:4600. */
  server?: string
  /** `CAPSTAN_TOKEN` unless given. */
  token?: string
  /** Folder of the spools: `CAPSTAN_SPOOL` unless given, else `.capstan/spool` in the home folder. */
  spool?: string
  /** Bytes on disk beyond which nothing more is taken while the server is away; 1 GiB unless given. */
  spoolBytes?: number
  /** Seconds that the end of the process may wait for the server; 10 unless given. */
  patience?: number
  /**
   * Logs, at most every ten seconds and with what it logs, the cores and the memory that the process takes as
   * `system/…` by seconds; true unless given, and never into a run that a worker watches.
   */
  system?: boolean | { seconds: number }
  /** Told of every trouble once; on standard error unless given. */
  onTrouble?: (error: CapstanError) => void
}

export type Scalar = string | number | boolean
export type EndState = 'finished' | 'failed' | 'cancelled'

export interface Finished {
  /** Number of the run; null when the server was never reached. */
  run: number | null
  /** Records that are in the database. */
  delivered: number
  /** Records that are still in the spool: the next start, or `capstan runs sync`, delivers them. */
  waiting: number
  /** Records that could not be kept, or that the server would not take. */
  lost: number
}

export interface LoggedRun {
  readonly session: string
  /** Metrics at a step; the one after the last unless given. In the spool when it returns. */
  log(values: Record<string, number>, at?: { step?: number; time?: Date }): void
  /** Parameters are fixed once they are set. */
  param(key: string, value: Scalar): void
  params(values: Record<string, Scalar>): void
  tag(key: string, value: string): void
  /** Copies bytes, a file or a folder into the spool; the original may change or go as soon as this resolves. */
  artifact(source: string | Uint8Array, name?: string): Promise<void>
  /** Ends the run, and waits until everything has arrived or the patience has run out. */
  finish(state?: EndState, reason?: string): Promise<Finished>
}

const SPOOL_BYTES = 1024 ** 3
const PATIENCE_SECONDS = 10

/**
 * Starts logging; returns at once, whether the server answers or not.
 * @throws {CapstanError} `logging/spool-unusable`
 * @example
 * const run = startRun({ name: 'digits', params: { lr: 0.001 } })
 * for (const [step, loss] of [2.3, 1.1, 0.4].entries()) run.log({ loss }, { step })
 * await run.finish()
 */
export function startRun(options: RunOptions = {}): LoggedRun {
  const { env } = process
  const server = (options.server ?? env.CAPSTAN_URL ?? 'http://127.0.0.1:4600').replace(/\/$/, '')
  const root = options.spool ?? spoolRoot(env)
  const runId = options.runId ?? (env.CAPSTAN_RUN_ID || undefined)
  const session = `log_${randomBytes(12).toString('hex')}`
  const folder = join(root, session)
  const patience = (options.patience ?? PATIENCE_SECONDS) * 1000
  const trouble = tellOnce(options.onTrouble ?? toStandardError(env))
  const signals = new SharedArrayBuffer(4 * SLOTS)
  const flags = new Int32Array(signals)

  const outbox = createOutbox({
    spool: openSpool(),
    most: options.spoolBytes ?? SPOOL_BYTES,
    freed: () => Atomics.load(flags, slots.freedKiB) * 1024,
    onFull: (detail) => trouble(new CapstanError('logging/spool-full', { folder, detail })),
  })
  const sender = startSender()
  const copying = new Set<Promise<void>>()
  const keys = new Map<string, string>()
  let step = -1
  let ended: { state: EndState; reason: string } | null = null
  let over: Promise<Finished> | null = null
  let gone = false
  /** The end is in the spool. */
  let closed = false

  const put = (record: LogRecord) => {
    if (ended) throw new CapstanError('logging/ended', { session })
    outbox.put(JSON.stringify(record))
  }
  const text = (kind: 'params' | 'tags', given: Record<string, Scalar>) => {
    const most = kind === 'params' ? logLimits.paramLength : logLimits.tagLength
    const values = Object.fromEntries(Object.entries(given).map(([key, value]) => [key, String(value)]))
    for (const [key, value] of Object.entries(values)) {
      keyJson(key)
      if (value.length > most)
        throw invalid(`${key}: ${value.length} characters are more than the ${most} that fit`)
    }
    if (Object.keys(values).length > 0) put({ kind, values })
  }
  /** The checked key as the beginning of a JSON member. */
  const keyJson = (key: string): string => {
    const known = keys.get(key)
    if (known !== undefined) return known
    const checked = LogKey.safeParse(key)
    if (!checked.success) throw invalid(`${key}: ${checked.error.issues[0]!.message}`)
    const json = `${JSON.stringify(key)}:`
    // a program that invents keys must not grow this for ever
    if (keys.size < 10_000) keys.set(key, json)
    return json
  }

  const system = runId === undefined ? systemSampler(options.system ?? true) : null

  if (options.params) text('params', options.params)
  if (options.tags) text('tags', options.tags)
  const release = watchEnd()

  return {
    session,
    log(values, at = {}) {
      if (ended) throw new CapstanError('logging/ended', { session })
      const now = at.step ?? step + 1
      if (!Number.isSafeInteger(now)) throw invalid(`step: ${now} is not a whole number`)
      let members = ''
      for (const key in values) {
        const value = values[key]
        if (typeof value !== 'number') throw invalid(`${key}: ${String(value)} is not a number`)
        members += `${members === '' ? '' : ','}${keyJson(key)}${Number.isFinite(value) ? value : `"${value}"`}`
      }
      const time = at.time === undefined ? Date.now() : at.time.getTime()
      if (!(time >= 0 && time <= lastInstant)) throw invalid('time: not a date between 1970 and 9999')
      step = now
      // written by hand: this line stands inside training loops
      outbox.put(`{"kind":"metrics","at":${time},"step":${now},"values":{${members}}}`)
      if (system !== null && at.time === undefined) {
        const sampled = system(time)
        if (sampled !== null) put(sampled)
      }
    },
    param: (key, value) => text('params', { [key]: value }),
    params: (values) => text('params', values),
    tag: (key, value) => text('tags', { [key]: value }),
    artifact(source, name) {
      if (ended) throw new CapstanError('logging/ended', { session })
      const path = name ?? (typeof source === 'string' ? basename(source) : undefined)
      const checked = ArtifactPath.safeParse(path)
      if (!checked.success) throw invalid(`${path}: ${checked.error.issues[0]!.message}`)
      const copy = keep(source, checked.data)
      copying.add(copy)
      return copy.finally(() => copying.delete(copy))
    },
    finish(state = 'finished', reason = '') {
      over ??= finish(state, reason)
      return over
    },
  }

  async function keep(source: string | Uint8Array, path: string): Promise<void> {
    const files =
      typeof source === 'string' ? keepFile(folder, source, path) : [await keepBytes(folder, source, path)]
    for await (const file of files) put({ kind: 'artifact', at: Date.now(), ...file })
  }

  async function finish(state: EndState, reason: string): Promise<Finished> {
    await Promise.allSettled([...copying])
    end(state, reason)
    release()
    const until = Date.now() + patience
    while (!isDone() && Date.now() < until) await new Promise((resume) => setTimeout(resume, 10))
    return leave()
  }

  /** The last record, on the disk. */
  function end(state: EndState, reason: string): void {
    if (ended) return
    ended = { state, reason }
    closed = outbox.close(JSON.stringify({ kind: 'end', at: Date.now(), state, reason }))
    Atomics.store(flags, slots.stop, 1)
  }

  function isDone(): boolean {
    return Atomics.load(flags, slots.done) !== 0
  }

  function leave(): Finished {
    const applied = Atomics.load(flags, slots.applied)
    const report = {
      run: Atomics.load(flags, slots.run) || null,
      delivered: applied,
      waiting: isDone() ? 0 : Math.max(0, outbox.last - applied),
      lost: outbox.lost + Atomics.load(flags, slots.rejected),
    }
    if (!gone) {
      gone = true
      if (isDone() && closed) removeSpool(folder)
      else trouble(new CapstanError('logging/left', { records: report.waiting, folder, server }))
      void sender.terminate()
    }
    return report
  }

  /** For the end of the process: the thread goes on sending while this one waits. */
  function endNow(state: EndState, reason: string): void {
    end(state, reason)
    if (!isDone()) Atomics.wait(flags, slots.done, 0, patience)
    leave()
  }

  /** An end without `finish`: the way out says how it went. */
  function watchEnd(): () => void {
    let signal: NodeJS.Signals | null = null
    let failure: string | null = null
    const onError = (error: Error) => {
      failure = String(error?.stack ?? error).slice(0, 4000)
    }
    const onExit = (code: number) => {
      if (failure !== null) endNow('failed', failure)
      else if (signal !== null) endNow('cancelled', signal)
      else endNow(code === 0 ? 'finished' : 'failed', code === 0 ? '' : `exit status ${code}`)
    }
    const onSignal = (name: NodeJS.Signals) => {
      signal = name
      // whoever else listens decides when the process ends
      if (process.listenerCount(name) > 1) return
      endNow('cancelled', name)
      release()
      process.kill(process.pid, name)
    }
    const ways = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const
    process.on('uncaughtExceptionMonitor', onError)
    process.on('exit', onExit)
    for (const name of ways) process.on(name, onSignal)
    return () => {
      process.off('uncaughtExceptionMonitor', onError)
      process.off('exit', onExit)
      for (const name of ways) process.off(name, onSignal)
    }
  }

  function openSpool() {
    try {
      return createSpool(folder, {
        session,
        server,
        owner: thisProcess(),
        open: {
          name: options.name ?? (basename(process.argv[1] ?? '') || 'run'),
          ...(runId === undefined ? {} : { runId }),
          ...(options.experimentId === undefined ? {} : { experimentId: options.experimentId }),
          ...(options.initiativeId === undefined ? {} : { initiativeId: options.initiativeId }),
          ...(options.parentRunId === undefined ? {} : { parentRunId: options.parentRunId }),
          user: userName(),
          startedAt: Date.now(),
          environment: { host: hostname(), node: process.version, platform: process.platform },
        },
      })
    } catch (cause) {
      throw new CapstanError(
        'logging/spool-unusable',
        { folder: root, detail: (cause as Error).message },
        { cause },
      )
    }
  }

  function startSender(): Worker {
    const workerData: SenderData = {
      folder,
      root,
      server,
      token: options.token ?? env.CAPSTAN_TOKEN,
      signals,
    }
    // the command line's flags are for the program, not for this thread
    const worker = new Worker(senderFile(), { workerData, execArgv: [], stderr: false })
    worker.on('message', (note: SenderNote) => {
      if (note.kind === 'away') trouble(new CapstanError('logging/away', { server, detail: note.reason }))
      if (note.kind === 'refused')
        trouble(new CapstanError('logging/refused', { server, detail: note.reason }))
      if (note.kind === 'rejected') trouble(new CapstanError('logging/rejected', { detail: note.reason }))
    })
    worker.on('error', (cause) =>
      trouble(new CapstanError('logging/away', { server, detail: cause.message }, { cause })),
    )
    worker.unref()
    return worker
  }
}

/** The built sender, also when this runs from its TypeScript source (as in tests). */
function senderFile(): string {
  const here = import.meta.url
  const path = fileURLToPath(
    here.endsWith('.ts') ? new URL('../../dist/logging/sender.js', here) : new URL('./sender.js', here),
  )
  if (!existsSync(path)) throw new CapstanError('cli/not-built', { detail: 'logging/sender.js is missing' })
  return path
}

const invalid = (detail: string) => new CapstanError('request/invalid', { detail })

function userName(): string {
  try {
    return userInfo().username
  } catch {
    return ''
  }
}

/** The same trouble is told once. */
function tellOnce(tell: (error: CapstanError) => void): (error: CapstanError) => void {
  const told = new Set<string>()
  return (error) => {
    if (told.has(error.code)) return
    told.add(error.code)
    tell(error)
  }
}

function toStandardError(env: Record<string, string | undefined>): (error: CapstanError) => void {
  const language = /^zh/i.test(env.CAPSTAN_LANG ?? env.LC_ALL ?? env.LANG ?? '') ? 'zh-CN' : 'en'
  return (error) => {
    const { message, hint } = error.body(language)
    process.stderr.write(`capstan: ${message} ${hint}\n`)
  }
}
