/** @file Content-addressed files: stored under their SHA-256, written whole or not at all. */
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream, type ReadStream } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CapstanError } from '@capstan/api'

export interface BlobStore {
  /** Stores bytes or a stream; on return they are on the disk. */
  put(content: Uint8Array | Readable): Promise<{ hash: string; bytes: number }>
  /** @throws {CapstanError} `blob/missing` */
  size(hash: string): Promise<number>
  /** @throws {CapstanError} `blob/missing`, `blob/corrupt` */
  read(hash: string): Promise<Uint8Array>
  stream(hash: string): ReadStream
  path(hash: string): string
  /** Every stored file by its hash, in the order of the hashes. */
  list(): AsyncGenerator<string>
}

export function openBlobs(folder: string): BlobStore {
  const path = (hash: string) => join(folder, hash.slice(0, 2), hash.slice(2))
  const missing = (hash: string) => (error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new CapstanError('blob/missing', { hash }) : error
  }
  return {
    path,
    async put(content) {
      await mkdir(folder, { recursive: true })
      const part = join(folder, `part-${randomUUID()}`)
      try {
        const { hash, bytes } = await writeSynced(part, content)
        await mkdir(dirname(path(hash)), { recursive: true })
        await rename(part, path(hash))
        await syncFolder(dirname(path(hash)))
        return { hash, bytes }
      } catch (error) {
        await rm(part, { force: true })
        throw error
      }
    },
    size: async (hash) => (await stat(path(hash)).catch(missing(hash))).size,
    async read(hash) {
      const bytes = await readFile(path(hash)).catch(missing(hash))
      if (createHash('sha256').update(bytes).digest('hex') !== hash)
        throw new CapstanError('blob/corrupt', { hash })
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    },
    stream: (hash) => createReadStream(path(hash)),
    async *list() {
      const folders = (await readdir(folder)).filter((name) => /^[0-9a-f]{2}$/.test(name)).sort()
      for (const start of folders) {
        const names = (await readdir(join(folder, start))).filter((name) => /^[0-9a-f]{62}$/.test(name))
        for (const name of names.sort()) yield start + name
      }
    },
  }
}

async function writeSynced(
  part: string,
  content: Uint8Array | Readable,
): Promise<{ hash: string; bytes: number }> {
  const digest = createHash('sha256')
  let bytes = 0
  const meter = new Transform({
    transform(chunk: Buffer, _, done) {
      digest.update(chunk)
      bytes += chunk.length
      done(null, chunk)
    },
  })
  await pipeline(
    content instanceof Readable ? content : Readable.from([content]),
    meter,
    createWriteStream(part),
  )
  const file = await open(part, 'r+')
  await file.sync().finally(() => file.close())
  return { hash: digest.digest('hex'), bytes }
}

/** A rename survives a power cut only when its folder is synced too. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  await handle
    .sync()
    .catch(() => undefined) // not every system can sync a folder
    .finally(() => handle.close())
}
