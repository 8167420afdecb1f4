/** @file Makes the folder of a run again from its captured code. */
import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, isAbsolute, join, normalize, resolve, sep } from 'node:path'
import { promisify } from 'node:util'
import { type Client, type Code, FileList, type SnapshotFile } from '@capstan/api'

const GIT_MS = 300_000

/** What cannot be restored, as a sentence. */
export class RestoreError extends Error {}

/**
 * Writes a commit with its difference, or a snapshot, into a new folder.
 * @returns the folder in which the command was started, inside it
 * @throws {RestoreError}
 */
export async function restoreCode(capstan: Client, code: Code, into: string): Promise<string> {
  await rm(into, { recursive: true, force: true })
  await mkdir(dirname(into), { recursive: true })
  if (code.kind === 'none') throw new RestoreError(code.note || 'no code was captured')
  if (code.kind === 'git') await checkOut(capstan, code, into)
  else await mkdir(into, { recursive: true })
  if (code.snapshot !== null) await writeFiles(capstan, code.snapshot, into)
  const folder = inside(into, code.subfolder || '.')
  await mkdir(folder, { recursive: true })
  return folder
}

async function checkOut(capstan: Client, { root, remote, commit, diff }: Code, into: string): Promise<void> {
  const sources = [root, remote].filter((source) => source !== null)
  let refusal = 'the repository has neither a folder nor an address'
  for (const source of sources) {
    try {
      await rm(into, { recursive: true, force: true })
      await git([
        'clone',
        '--quiet',
        '--no-checkout',
        ...(source === root ? ['--shared'] : []),
        '--',
        source,
        into,
      ])
      await git(['-C', into, 'checkout', '--quiet', '--detach', commit!])
      refusal = ''
      break
    } catch (error) {
      refusal = `${source}: ${lastLine(error)}`
    }
  }
  if (refusal !== '') throw new RestoreError(refusal)
  if (diff === null) return
  const folder = await mkdtemp(join(tmpdir(), 'capstan-diff-'))
  try {
    const file = join(folder, 'dirty.diff')
    await writeFile(file, await capstan.blobs.get({ params: { hash: diff } }))
    await git(['-C', into, 'apply', '--binary', '--whitespace=nowarn', file])
  } catch (error) {
    throw new RestoreError(`the difference to the commit does not apply: ${lastLine(error)}`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const git = (words: string[]) =>
  promisify(execFile)('git', ['-c', 'core.hooksPath=/dev/null', '-c', 'safe.directory=*', ...words], {
    timeout: GIT_MS,
    env: { ...process.env, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' },
  })

const lastLine = (error: unknown): string => {
  const { stderr, message } = error as { stderr?: string; message: string }
  return (stderr || message).trim().split('\n').at(-1)!.slice(0, 500)
}

async function writeFiles(capstan: Client, list: string, into: string): Promise<void> {
  const bytes = await capstan.blobs.get({ params: { hash: list } })
  const files = FileList.parse(JSON.parse(new TextDecoder().decode(bytes)))
  for (const file of files) await writeOne(capstan, file, into)
}

async function writeOne(capstan: Client, { path, blob, executable, link }: SnapshotFile, into: string) {
  const target = inside(into, path)
  await mkdir(dirname(target), { recursive: true })
  if (link !== null) {
    // a link that leaves the folder could make a later file be written elsewhere
    inside(into, join(dirname(path), link))
    if (isAbsolute(link)) throw new RestoreError(`the link ${path} leaves its folder`)
    await rm(target, { force: true })
    return symlink(link, target)
  }
  if (blob === null) return
  await rm(target, { force: true })
  await writeFile(target, await capstan.blobs.get({ params: { hash: blob } }))
  await chmod(target, executable ? 0o755 : 0o644)
}

/** @throws {RestoreError} for a path that leaves its folder */
function inside(folder: string, path: string): string {
  const whole = resolve(folder, normalize(path))
  if (whole !== resolve(folder) && !whole.startsWith(resolve(folder) + sep))
    throw new RestoreError(`the path ${path.slice(0, 200)} leaves its folder`)
  return whole
}
