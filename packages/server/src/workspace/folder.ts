/** @file The workspace folder: created, locked by one server, and told where that server answers. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { CapstanError } from '@capstan/api'
import Sqlite from 'libsql'

export interface Lock {
  release(): void
}

/** Makes the folder if there is none. @throws {CapstanError} `workspace/unusable`, `workspace/disk-full` */
export function makeFolder(folder: string): string {
  const path = resolve(folder)
  try {
    makeWithParents(join(path, 'blobs'))
    const probe = join(path, `.probe-${process.pid}`)
    writeFileSync(probe, 'capstan')
    rmSync(probe)
    return path
  } catch (error) {
    throw folderError(path, error)
  }
}

/** Node's own recursive `mkdirSync` never returns where a parent refuses children with ENOENT, as in /proc. */
function makeWithParents(path: string): void {
  if (existsSync(path)) return
  makeWithParents(dirname(path))
  mkdirSync(path)
}

/**
 * Holds an exclusive SQLite lock on `lock.db` for as long as the process lives: the system drops it even after
 * `kill -9`, so that no stale lock file is ever in the way.
 * @throws {CapstanError} `workspace/locked` naming the process that holds it
 */
export function lockFolder(folder: string): Lock {
  const holder = join(folder, 'lock.pid')
  let lock: Sqlite.Database | undefined
  try {
    lock = new Sqlite(join(folder, 'lock.db'))
    lock.pragma('busy_timeout = 0')
    lock.exec('begin exclusive')
  } catch (error) {
    lock?.close()
    if (!/SQLITE_BUSY|locked/.test(`${(error as { code?: string }).code} ${(error as Error).message}`)) {
      throw folderError(folder, error)
    }
    throw new CapstanError('workspace/locked', { folder, pid: readHolder(holder) })
  }
  writeFileSync(holder, String(process.pid))
  const held = lock
  return {
    release: () => {
      rmSync(holder, { force: true })
      held.exec('rollback')
      held.close()
    },
  }
}

function readHolder(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return '?'
  }
}

function folderError(folder: string, error: unknown): CapstanError {
  if (isDiskFull(error)) return new CapstanError('workspace/disk-full', {}, { cause: error })
  return new CapstanError(
    'workspace/unusable',
    { folder, detail: (error as Error).message },
    { cause: error },
  )
}

/** True for the ways in which the system and SQLite say that the disk is full. */
export function isDiskFull(error: unknown): boolean {
  const { code = '', message = '' } = (error ?? {}) as { code?: string; message?: string }
  return (
    code === 'ENOSPC' ||
    code === 'EDQUOT' ||
    code === 'SQLITE_FULL' ||
    /disk is full|no space left/i.test(message)
  )
}
