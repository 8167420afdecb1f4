/** @file Artifacts of runs and logged models: paths that name blobs; a file has no path on this machine's disk. */
import { CapstanError } from '@capstan/api'
import { sql } from 'kysely'
import type { Db } from '../database/records.ts'

export interface Artifact {
  path: string
  blob: string
  bytes: number
  /** Milliseconds since 1970. */
  at: number
}

/** A file, or a folder with the size of all that is in it. */
export interface Entry {
  path: string
  folder: boolean
  bytes: number
}

/** @throws {CapstanError} `request/refused` where a file's name would be a folder's or the other way round */
export async function putArtifact(db: Db, owner: string, { path, blob, bytes, at }: Artifact): Promise<void> {
  const parents = path
    .split('/')
    .slice(0, -1)
    .map((_, i, parts) => parts.slice(0, i + 1).join('/'))
  const clash = await db
    .selectFrom('artifacts')
    .select('path')
    .where('owner', '=', owner)
    .where((e) => {
      const inside = below(path)
      return parents.length === 0 ? inside : e.or([inside, e('path', 'in', parents)])
    })
    .limit(1)
    .executeTakeFirst()
  if (clash)
    throw new CapstanError('request/invalid', { detail: `${path} and ${clash.path} cannot both be there` })
  await db
    .insertInto('artifacts')
    .values({ owner, path, blob, bytes, at })
    .onConflict((c) => c.columns(['owner', 'path']).doUpdateSet({ blob, bytes, at }))
    .execute()
}

export async function findArtifact(db: Db, owner: string, path: string): Promise<Artifact | null> {
  const row = await db
    .selectFrom('artifacts')
    .select(['path', 'blob', 'bytes', 'at'])
    .where('owner', '=', owner)
    .where('path', '=', path)
    .executeTakeFirst()
  return row ? { ...row, bytes: Number(row.bytes), at: Number(row.at) } : null
}

/** What lies directly in a folder, by name; the file itself when the path is a file's. */
export async function listArtifacts(db: Db, owner: string, folder: string): Promise<Entry[]> {
  const prefix = folder === '' ? '' : `${folder}/`
  const rows = await allArtifacts(db, owner, folder)
  const entries = new Map<string, Entry>()
  for (const { path, bytes } of rows) {
    const rest = path.slice(prefix.length)
    const slash = rest.indexOf('/')
    const own = slash < 0 ? path : prefix + rest.slice(0, slash)
    const before = entries.get(own)
    entries.set(own, { path: own, folder: slash >= 0, bytes: (before?.bytes ?? 0) + bytes })
  }
  if (entries.size === 0 && folder !== '') {
    const file = await findArtifact(db, owner, folder)
    if (file) return [{ path: file.path, folder: false, bytes: file.bytes }]
  }
  return [...entries.values()]
}

/** Every file below a folder. */
export async function allArtifacts(db: Db, owner: string, folder: string): Promise<Artifact[]> {
  let query = db
    .selectFrom('artifacts')
    .select(['path', 'blob', 'bytes', 'at'])
    .where('owner', '=', owner)
    .orderBy('path')
  if (folder !== '') query = query.where(below(folder))
  return (await query.execute()).map((row) => ({ ...row, bytes: Number(row.bytes), at: Number(row.at) }))
}

/** Removes a file, or all below a folder; all there is for ''. The blobs stay: others may share them. */
export async function deleteArtifacts(db: Db, owner: string, path: string): Promise<number> {
  const removed = await db
    .deleteFrom('artifacts')
    .where('owner', '=', owner)
    .where((e) => (path === '' ? sql<boolean>`true` : e.or([e('path', '=', path), below(path)])))
    .executeTakeFirstOrThrow()
  return Number(removed.numDeletedRows)
}

/** Collations order slashes in their own ways, so beginnings are compared as they are. */
const below = (folder: string) =>
  sql<boolean>`substr(path, 1, ${Array.from(folder).length + 1}) = ${`${folder}/`}`
