/** @file Lays data set versions out as files for commands, once for all runs of this machine. */
import { existsSync } from 'node:fs'
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Client, DatasetVersion } from '@capstan/api'

/** Names that programs for MNIST-like sets look for. */
const fileNames: Record<string, string> = {
  'train-images': 'train-images-idx3-ubyte',
  'train-labels': 'train-labels-idx1-ubyte',
  'test-images': 't10k-images-idx3-ubyte',
  'test-labels': 't10k-labels-idx1-ubyte',
}

/** @returns the folder with the version's files, read-only, and its description as `dataset.json` */
export async function layOut(capstan: Client, version: DatasetVersion, root: string): Promise<string> {
  const folder = join(root, version.hash)
  if (existsSync(folder)) return folder
  // written beside and moved whole, so that nobody finds half of it
  const part = `${folder}.${process.pid}.part`
  await rm(part, { recursive: true, force: true })
  await mkdir(part, { recursive: true })
  for (const { role, blob } of version.files) {
    const file = join(part, fileNames[role] ?? role)
    await writeFile(file, await capstan.blobs.get({ params: { hash: blob } }))
    await chmod(file, 0o444)
  }
  const { id, hash, number, sampleShape, classes, splitSeed, validationShare } = version
  const facts = { id, hash, number, sampleShape, classes, splitSeed, validationShare }
  await writeFile(join(part, 'dataset.json'), JSON.stringify(facts, null, 2))
  try {
    await rename(part, folder)
  } catch (error) {
    await rm(part, { recursive: true, force: true })
    // another worker was faster
    if (!existsSync(folder)) throw error
  }
  return folder
}
