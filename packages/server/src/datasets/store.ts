/** @file Data sets and their versions. */
import type { Dataset, DatasetVersion } from '@capstan/api'
import { type Db, recordStore } from '../database/records.ts'

type DatasetRecord = Omit<Dataset, 'versions'>

export const datasets = recordStore<DatasetRecord>('datasets', 'data set')
export const datasetVersions = recordStore<DatasetVersion>('dataset_versions', 'data set version')

export async function listDatasets(db: Db): Promise<Dataset[]> {
  const [records, versions] = await Promise.all([datasets.list(db), datasetVersions.list(db)])
  return records.map((record) => ({
    ...record,
    versions: versions.filter(({ datasetId }) => datasetId === record.id),
  }))
}

export async function getDataset(db: Db, id: string): Promise<Dataset> {
  const record = await datasets.get(db, id)
  return { ...record, versions: (await datasetVersions.list(db)).filter(({ datasetId }) => datasetId === id) }
}
