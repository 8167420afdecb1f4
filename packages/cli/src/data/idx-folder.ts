/** @file Finds and reads the four IDX files of an MNIST-like data set in a folder, gzipped or not. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { CapstanError, localText } from '@capstan/api'
import { decodeIdx } from '@capstan/domain'

/** The names by which the files are published. */
export const idxFiles = {
  'train-images': 'train-images-idx3-ubyte',
  'train-labels': 'train-labels-idx1-ubyte',
  'test-images': 't10k-images-idx3-ubyte',
  'test-labels': 't10k-labels-idx1-ubyte',
} as const
export type IdxRole = keyof typeof idxFiles
export const idxRoles = Object.keys(idxFiles) as IdxRole[]

/** @throws {CapstanError} `dataset/file-missing` naming the first file that is not there. */
export async function findIdxFiles(folder: string): Promise<Record<IdxRole, string>> {
  const present = new Set(await readdir(folder).catch(() => []))
  const found = idxRoles.map((role) => {
    const name = namesOf(role).find((candidate) => present.has(candidate))
    if (name === undefined) throw new CapstanError('dataset/file-missing', { folder, file: idxFiles[role] })
    return [role, join(folder, name)]
  })
  return Object.fromEntries(found) as Record<IdxRole, string>
}

/** With a hyphen or a dot before `idx`, as published in different places; plain before gzipped. */
function namesOf(role: IdxRole): string[] {
  const hyphen = idxFiles[role]
  const dot = hyphen.replace('-idx', '.idx')
  return [hyphen, dot, `${hyphen}.gz`, `${dot}.gz`]
}

/**
 * The unpacked bytes of one file, known to be whole.
 * @throws {CapstanError} `dataset/truncated`, `dataset/invalid`
 */
export async function readIdxFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const raw = (await readFile(path)) as Uint8Array<ArrayBuffer>
  const bytes = path.endsWith('.gz') ? await unpack(raw, path) : raw
  const decoded = decodeIdx(bytes, path)
  if (decoded.ok) return bytes
  const { refusal } = decoded
  const code = refusal.code === 'idx.truncated' ? 'dataset/truncated' : 'dataset/invalid'
  throw new CapstanError(code, { file: path, detail: localText(refusal) })
}

async function unpack(raw: Uint8Array, path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return (await promisify(gunzip)(raw)) as Uint8Array<ArrayBuffer>
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause)
    const code = detail.includes('unexpected end') ? 'dataset/truncated' : 'dataset/invalid'
    throw new CapstanError(code, { file: path, detail }, { cause })
  }
}
