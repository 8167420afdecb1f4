/** @file Tests of reading IDX folders: every published name, gzip, and files that are not whole. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findIdxFiles, idxFiles, idxRoles, readIdxFile } from './idx-folder.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capstan-idx-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const labels = Uint8Array.from([0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1])

async function fill(nameOf: (name: string) => string): Promise<void> {
  for (const role of idxRoles) await writeFile(join(folder, nameOf(idxFiles[role])), labels)
}

test.each([
  ['as published', (name: string) => name],
  ['with a dot', (name: string) => name.replace('-idx', '.idx')],
  ['gzipped', (name: string) => `${name}.gz`],
  ['gzipped with a dot', (name: string) => `${name.replace('-idx', '.idx')}.gz`],
])('the four files are found %s', async (_, nameOf) => {
  await fill(nameOf)
  const found = await findIdxFiles(folder)
  expect(found['test-labels']).toBe(join(folder, nameOf('t10k-labels-idx1-ubyte')))
})

test('a missing file is named', async () => {
  await expect(findIdxFiles(join(folder, 'nowhere'))).rejects.toMatchObject({
    code: 'dataset/file-missing',
    values: { file: 'train-images-idx3-ubyte' },
  })
})

test('a plain file and a gzipped one give the same bytes', async () => {
  await writeFile(join(folder, 'a'), labels)
  await writeFile(join(folder, 'a.gz'), gzipSync(labels))
  expect([...(await readIdxFile(join(folder, 'a.gz')))]).toEqual([...(await readIdxFile(join(folder, 'a')))])
})

test('cut-off files are refused as truncated, gzipped or not', async () => {
  await writeFile(join(folder, 'a'), labels.subarray(0, 9))
  await writeFile(join(folder, 'a.gz'), gzipSync(labels).subarray(0, 20))
  for (const name of ['a', 'a.gz'])
    await expect(readIdxFile(join(folder, name))).rejects.toMatchObject({ code: 'dataset/truncated' })
})

test('another kind of file is refused', async () => {
  await writeFile(join(folder, 'a'), 'no pictures here')
  await expect(readIdxFile(join(folder, 'a'))).rejects.toMatchObject({ code: 'dataset/invalid' })
})
