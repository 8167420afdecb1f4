/** @file What an artifact shows before it is downloaded, decided by its first bytes and its name. */
import { open } from 'node:fs/promises'
import { extname } from 'node:path/posix'
import type { ArtifactPreview } from '@capstan/api'
import { tableHead } from '@capstan/domain'
import type { Context } from '../context.ts'
import type { Artifact } from './store.ts'

/** Enough of a text to see what it is. */
const TEXT_BYTES = 64 << 10
/** JSON is shown whole or as text. */
const JSON_BYTES = 512 << 10
const TABLE = { rows: 100, columns: 50 }
/** Larger pictures and models are to be downloaded. */
const PICTURE_BYTES = 16 << 20
const MODEL_BYTES = 512 << 20

export async function previewOf(
  { blobs, compute }: Pick<Context, 'blobs' | 'compute'>,
  { path, blob, bytes }: Artifact,
): Promise<ArtifactPreview> {
  // says that the blob is missing before anything else
  await blobs.size(blob)
  const kind = extname(path).toLowerCase()
  if (kind === '.onnx') {
    if (bytes > MODEL_BYTES) return { kind: 'none', bytes }
    return compute.run('modelContents', { path: blobs.path(blob), bytes })
  }
  const head = await headOf(blobs.path(blob), kind === '.json' ? JSON_BYTES : TEXT_BYTES)
  const type = pictureType(head) ?? (kind === '.svg' ? 'image/svg+xml' : null)
  if (type) return bytes > PICTURE_BYTES ? { kind: 'none', bytes } : { kind: 'image', type, bytes }
  const text = textOf(head, head.length < bytes)
  if (text === null) return { kind: 'none', bytes }
  const cut = head.length < bytes
  if (kind === '.csv' || kind === '.tsv') {
    // a line that was cut in the middle is no row
    const lines = cut ? text.slice(0, text.lastIndexOf('\n') + 1) || text : text
    const table = tableHead(lines, { separator: kind === '.csv' ? ',' : '\t', ...TABLE })
    return { kind: 'table', ...table, bytes, cut: cut || table.cut }
  }
  if (kind === '.json' && !cut) {
    const indented = indentedJson(text)
    if (indented !== null) return { kind: 'json', text: indented, bytes, cut }
  }
  return { kind: 'text', text: text.slice(0, TEXT_BYTES), bytes, cut: cut || text.length > TEXT_BYTES }
}

async function headOf(path: string, most: number): Promise<Uint8Array> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(most), 0, most, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

const signatures: readonly (readonly [string, number, readonly number[]])[] = [
  ['image/png', 0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', 0, [0xff, 0xd8, 0xff]],
  ['image/gif', 0, [0x47, 0x49, 0x46, 0x38]],
  ['image/webp', 8, [0x57, 0x45, 0x42, 0x50]],
]

const pictureType = (head: Uint8Array): string | null =>
  signatures.find(([, from, marks]) => marks.every((mark, i) => head[from + i] === mark))?.[0] ?? null

/** The bytes as text; null where they are none. A character that the cut went through is left out. */
function textOf(head: Uint8Array, cut: boolean): string | null {
  if (head.includes(0)) return null
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: cut })
  } catch {
    return null
  }
}

function indentedJson(text: string): string | null {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return null
  }
}
