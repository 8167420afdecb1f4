/** @file Starts a server on a workspace folder, and stops it in order. */
import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { availableParallelism, cpus, hostname, networkInterfaces, platform, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { CapstanError, type Language, type Machine, type Workspace } from '@capstan/api'
import type { FastifyInstance } from 'fastify'
import pino, { type Logger } from 'pino'
import { createAccounts, TOKEN_PREFIX } from './accounts/accounts.ts'
import { buildApp } from './app.ts'
import { openBlobs } from './blobs/files.ts'
import { createCompute } from './compute/pool.ts'
import { type Context, changer, createBus } from './context.ts'
import { remindOfReviews } from './cycles/reminder.ts'
import { keepAnchor } from './database/anchor.ts'
import { openDatabase } from './database/open.ts'
import { publicAddress, trustedProxies } from './http/outside.ts'
import { findGpus } from './jobs/executors/meters.ts'
import { type Supervisor, supervise } from './jobs/supervisor.ts'
import { keepMeasures } from './measures/keep.ts'
import { observeRecorded } from './measures/recorded.ts'
import { noticeRecorded } from './notices/recorded.ts'
import { createReads } from './reading/reads.ts'
import { createServing } from './serving/service.ts'
import { driveSweeps } from './sweeps/driver.ts'
import { keepTeam } from './team/keep.ts'
import { addressPolicy } from './webhooks/address.ts'
import { emptyOutbox } from './webhooks/deliver.ts'
import { removeAddress, writeAddress } from './workspace/address.ts'
import { ensureWorkspace } from './workspace/facts.ts'
import { isDiskFull, lockFolder, makeFolder } from './workspace/folder.ts'

export interface ServerOptions {
  /** The time, where it is not the machine's. */
  now?: () => Date
  /** The workspace folder; made if there is none. */
  workspace: string
  /** 127.0.0.1 unless given; anything beyond this machine makes the server want a token, as proxies do. */
  host?: string
  /** 4600 unless given; 0 takes any free port. */
  port?: number
  /** Of a new workspace. */
  language?: Language
  name?: string
  /** Job worker processes at a time, 1 unless given. */
  workers?: number
  /** What all runs together may take of this machine, where that is less than all of it. */
  resources?: { cores?: number | undefined; memoryBytes?: number | undefined; gpus?: number | undefined }
  /** Folder of the built page. */
  webRoot?: string
  logLevel?: string
  /** Networks inside which webhooks may go, `CAPSTAN_WEBHOOK_ALLOW` unless given: `10.0.0.0/8,127.0.0.1`. */
  webhookAllow?: string
  /** Where people reach this server, `CAPSTAN_PUBLIC_URL` unless given; browsers may name it, and webhooks do. */
  publicUrl?: string
  /** Proxies that tell who sent a request, `CAPSTAN_TRUST_PROXY` unless given: `127.0.0.1,10.0.0.0/8`. */
  trustProxy?: string
  /** `postgres://…` instead of the embedded database; `DATABASE_URL` unless given. */
  databaseUrl?: string
}

export interface RunningServer {
  /** `http://host:port` */
  address: string
  /** The workspace was new. */
  created: boolean
  /** Wanted from every request, when the server listens beyond this machine. */
  token?: string
  /** What a job worker must send; whoever holds it executes and reports runs. */
  workerToken: string
  /** Stops workers (each checkpoints and gives its run back), serving, database and lock. */
  close(): Promise<void>
}

/**
 * @throws {CapstanError} `server/port-taken`, `server/address-refused`, `workspace/locked`, `workspace/newer`,
 * `workspace/unusable`, `workspace/disk-full`
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host = '127.0.0.1', port = 4600, workers = 1, webRoot } = options
  const folder = makeFolder(options.workspace)
  const lock = lockFolder(folder)
  const undo: (() => unknown)[] = [() => lock.release()]
  const unwind = async () => {
    for (const step of undo.reverse().splice(0)) await step()
  }
  try {
    const log = createLog(folder, options.logLevel)
    const database = await openOrExplain(folder, options.databaseUrl ?? process.env.DATABASE_URL)
    undo.push(database.close)
    const bus = createBus()
    const now = options.now ?? (() => new Date())
    const compute = createCompute()
    undo.push(compute.close)
    const reads = createReads(database, folder, log)
    undo.push(reads.close)
    const machine = await resourcesOf(options, workers)
    const anchor = keepAnchor(database.db, folder, log)
    undo.push(anchor.close)
    const context: Context = {
      folder,
      db: database.db,
      dialect: database.dialect,
      blobs: openBlobs(join(folder, 'blobs')),
      anchor,
      bus,
      compute,
      reads,
      log,
      version: versionOfPackage(),
      machine: machineOf(),
      thisMachine: () => machine,
      now,
      newId,
      change: changer(database.db, database.dialect, bus, now, async (change, entries) => {
        await observeRecorded(change, [...entries])
        // measures that moved may have turned an indicator: people are told of that, too
        await noticeRecorded(change, [...entries], newId)
      }),
    }
    const created = await ensureWorkspace(database.db, {
      name: options.name ?? 'Capstan',
      language: options.language ?? 'en',
      currency: 'CNY',
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      createdAt: now().toISOString(),
      demonstration: false,
      firstTurn: 'none',
    })
    const serving = createServing(context)
    undo.push(serving.close)
    await serving.open()

    const token = tokenOf()
    const workerToken = randomBytes(32).toString('base64url')
    const addresses = addressPolicy(options.webhookAllow ?? process.env.CAPSTAN_WEBHOOK_ALLOW)
    const named = options.publicUrl ?? process.env.CAPSTAN_PUBLIC_URL
    const outside = named ? publicAddress(named) : null
    const proxies = trustedProxies(options.trustProxy ?? process.env.CAPSTAN_TRUST_PROXY)
    // a proxy may let in anybody, though this server listens to this machine alone
    const local =
      isLoopback(host) && proxies === false && (outside === null || isLoopback(new URL(outside).hostname))
    const app = await buildApp(context, serving, {
      proxies,
      access: {
        ...{ hosts: hostsOf(host, outside), token, tokenNeeded: !local, workerToken },
        accounts: createAccounts(context),
      },
      ...(webRoot === undefined ? {} : { webRoot }),
      addresses,
    })
    const address = await listen(app, host, port)
    undo.push(() => app.close())
    // whoever may read the folder owns what is in it
    writeAddress(folder, { address, pid: process.pid, token })
    undo.push(() => removeAddress(folder))
    const jobs: Supervisor = supervise(context, {
      address: reachable(address),
      token: workerToken,
      limit: workers,
    })
    undo.push(jobs.close)
    const keeper = await keepMeasures(context)
    undo.push(keeper.close)
    const driver = driveSweeps(context)
    undo.push(driver.close)
    undo.push(remindOfReviews(context).close)
    const team = keepTeam(context)
    undo.push(team.close)
    const outbox = emptyOutbox(context, addresses, outside ?? reachable(address))
    undo.push(outbox.close)

    let closing: Promise<void> | null = null
    return {
      address,
      created,
      ...(local ? {} : { token }),
      workerToken,
      close: () => {
        closing ??= unwind()
        return closing
      },
    }
  } catch (error) {
    await unwind()
    throw error
  }
}

async function openOrExplain(folder: string, url: string | undefined) {
  try {
    return await openDatabase(folder, url)
  } catch (error) {
    if (error instanceof CapstanError) throw error
    if (isDiskFull(error)) throw new CapstanError('workspace/disk-full', {}, { cause: error })
    throw new CapstanError(
      'workspace/unusable',
      { folder, detail: (error as Error).message },
      { cause: error },
    )
  }
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await app.listen({ host, port })
  } catch (error) {
    await app.close()
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE')
      throw new CapstanError('server/port-taken', { port: String(port), host, next: String(port + 1) })
    throw new CapstanError(
      'server/address-refused',
      { host, port: String(port), detail: message },
      { cause: error },
    )
  }
}

const loopback = new Set(['127.0.0.1', 'localhost', '::1', '[::1]'])
const isLoopback = (host: string) => loopback.has(host) || host.startsWith('127.')

/** Names that a browser may address this server by; anything else is DNS rebinding. */
function hostsOf(host: string, outside: string | null): ReadonlySet<string> {
  const names = new Set([...loopback, host.toLowerCase()])
  if (outside !== null) names.add(new URL(outside).hostname)
  if (isLoopback(host)) return names
  names.add(hostname().toLowerCase())
  for (const { address, family } of Object.values(networkInterfaces()).flatMap((found) => found ?? [])) {
    names.add(family === 'IPv6' ? `[${address}]` : address)
  }
  return names
}

/** A server on all interfaces is reached by its own workers on the loopback one. */
function reachable(address: string): string {
  return address.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:')
}

/** A member's own token in the environment is not to become the server's. */
function tokenOf(): string {
  const given = process.env.CAPSTAN_TOKEN
  return given && !given.startsWith(TOKEN_PREFIX) ? given : randomBytes(24).toString('base64url')
}

const newId = (prefix: string): string => `${prefix}_${newSuffix()}`

/** 12 characters of Crockford's base 32: 60 random bits. */
function newSuffix(): string {
  return Array.from(randomBytes(12), (byte) => '0123456789abcdefghjkmnpqrstvwxyz'[byte & 31]).join('')
}

function createLog(folder: string, level = process.env.CAPSTAN_LOG ?? 'info'): Logger {
  const file = pino.destination({ dest: join(folder, 'capstan.log'), sync: true, append: true })
  return pino({ level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime }, file)
}

function versionOfPackage(): string {
  return (createRequire(import.meta.url)('../package.json') as { version: string }).version
}

async function resourcesOf({ resources = {} }: ServerOptions, workers: number): Promise<Machine> {
  return {
    name: hostname(),
    cores: Math.max(1, resources.cores ?? availableParallelism()),
    memoryBytes: resources.memoryBytes ?? totalmem(),
    gpus: resources.gpus ?? (await findGpus()).length,
    slots: Math.max(1, workers),
  }
}

function machineOf(): Workspace['machine'] {
  const all = cpus()
  return {
    cpu: all[0]?.model.trim() ?? '?',
    cores: all.length,
    memoryBytes: totalmem(),
    platform: `${platform()} ${release()}`,
    node: process.version,
    provider: 'cpu',
  }
}
