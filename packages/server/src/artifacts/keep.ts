/** @file Takes an uploaded artifact in: whole or not at all, and only where the disk has room. */
import { statfs } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { CapstanError, localText } from '@capstan/api'
import { artifactPathRefusal } from '@capstan/domain'
import type { Context } from '../context.ts'
import { type Artifact, putArtifact } from './store.ts'

/** Room that is left for the database and its log. */
const SPARE_BYTES = 64 << 20

/** @throws {CapstanError} `artifact/path` */
export function checkArtifactPath(path: string): void {
  const refusal = artifactPathRefusal(path)
  if (refusal) throw new CapstanError('artifact/path', { reason: localText(refusal) })
}

/**
 * @param declared bytes that the client said it would send
 * @throws {CapstanError} `artifact/path`, `workspace/disk-full`, `request/invalid` when the upload was cut off
 */
export async function keepArtifact(
  { blobs, folder, change, now }: Context,
  actor: string,
  owner: string,
  path: string,
  content: Readable | Uint8Array,
  declared?: number,
): Promise<Artifact> {
  checkArtifactPath(path)
  if (declared !== undefined) {
    const { bavail, bsize } = await statfs(folder)
    if (declared > bavail * bsize - SPARE_BYTES) throw new CapstanError('workspace/disk-full')
  }
  const { hash, bytes } = await blobs.put(content)
  if (declared !== undefined && bytes !== declared) {
    throw new CapstanError('request/invalid', {
      detail: `the upload was cut off after ${bytes} of ${declared} bytes`,
    })
  }
  const artifact = { path, blob: hash, bytes, at: now().getTime() }
  await change(actor, (tx) => putArtifact(tx.db, owner, artifact))
  return artifact
}
