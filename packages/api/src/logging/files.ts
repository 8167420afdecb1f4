/** @file Copies artifacts into the spool under their SHA-256. */
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CapstanError } from '../errors/CapstanError.ts'

export interface KeptFile {
  path: string
  blob: string
  bytes: number
}

/** A file, or every file of a folder; links that lead elsewhere are followed for the file itself alone. */
export async function* keepFile(folder: string, source: string, path: string): AsyncGenerator<KeptFile> {
  const found = await stat(source).catch((cause) => {
    throw new CapstanError('request/invalid', { detail: `${source}: ${cause.message}` }, { cause })
  })
  if (!found.isDirectory()) {
    yield await copy(folder, path, createReadStream(source))
    return
  }
  for (const entry of await readdir(source, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    yield await copy(
      folder,
      `${path}${file.slice(source.length).replaceAll('\\', '/')}`,
      createReadStream(file),
    )
  }
}

export const keepBytes = (folder: string, bytes: Uint8Array, path: string): Promise<KeptFile> =>
  copy(folder, path, [bytes.slice()])

async function copy(
  folder: string,
  path: string,
  source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<KeptFile> {
  const part = join(folder, 'blobs', `part-${randomUUID()}`)
  const digest = createHash('sha256')
  let bytes = 0
  const meter = new Transform({
    transform(chunk: Buffer, _, done) {
      digest.update(chunk)
      bytes += chunk.length
      done(null, chunk)
    },
  })
  try {
    await pipeline(source, meter, createWriteStream(part, { mode: 0o600 }))
    const file = await open(part, 'r+')
    await file.sync()
    await file.close()
    const blob = digest.digest('hex')
    await rename(part, join(folder, 'blobs', blob))
    return { path, blob, bytes }
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}
