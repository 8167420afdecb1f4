/** @file Uploads a folder of IDX files and registers it as a version of a data set. */
import type { Client, Dataset, DatasetVersion } from '@capstan/api'
import { findIdxFiles, idxRoles, readIdxFile } from './idx-folder.ts'

export interface DatasetDescription {
  name: string
  description?: string
  licence?: string
  source?: string
}

/** The same content gives the same version, so calling it again is harmless. */
export async function uploadFolder(
  client: Client,
  folder: string,
  description: DatasetDescription,
): Promise<{ dataset: Dataset; version: DatasetVersion }> {
  const paths = await findIdxFiles(folder)
  const files = []
  for (const role of idxRoles) {
    const { hash } = await client.blobs.put({ body: await readIdxFile(paths[role]) })
    files.push({ role, blob: hash })
  }
  return client.datasets.create({ body: { ...description, files } })
}
