/** @file Fetches the files of a data set version from the server and takes its splits apart. */
import type { Client, DatasetVersion } from '@capstan/api'
import { type DatasetParts, type FileBytes, readParts } from '../datasets/files.ts'

export async function fetchParts(capstan: Client, version: DatasetVersion): Promise<DatasetParts> {
  const entries = await Promise.all(
    version.files.map(
      async ({ role, blob }) => [role, await capstan.blobs.get({ params: { hash: blob } })] as const,
    ),
  )
  return readParts(Object.fromEntries(entries) as FileBytes, version.validationShare, version.splitSeed)
}
