/** @file Moves a version to another stage: the one way there, past gate and approval. */
import { refusedError, type Version } from '@capstan/api'
import { stageRefusal } from '@capstan/domain'
import type { Change } from '../context.ts'
import { releaseRefusal } from '../risk/appetite.ts'
import { approvals } from '../team/store.ts'
import { gateOf, versions } from './store.ts'

/** @throws {CapstanError} `request/refused` with the sentence that the page shows */
export async function moveVersion(
  { db, at, record }: Change,
  version: Version,
  stage: Version['stage'],
): Promise<Version> {
  const gate = await gateOf(db, version)
  const approval = (await approvals.newest(db)).find(({ versionId }) => versionId === version.id)
  const refusal = stageRefusal(
    { stage: version.stage, gate: gate?.result ?? null, approval: approval?.state ?? null },
    stage,
  )
  if (refusal) throw refusedError(refusal)
  const risky = stage === 'production' ? await releaseRefusal(db, at) : null
  if (risky) throw refusedError(risky)
  const moved = await versions.change(db, version.id, (v) => ({ ...v, stage, updatedAt: at }))
  const { modelName: model, number } = moved
  await record('version', 'moved', version.id, { model, number, from: version.stage, to: moved.stage })
  return moved
}
