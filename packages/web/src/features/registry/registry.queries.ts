/** @file Changes in the registry: the stage of a version, what it was made from, the gate of its model. */
import type { Version } from '@capstan/api'
import { type BodyOf, capstan } from '../../server/client.ts'
import { useWrite } from '../../server/writes.ts'

export const useMoveVersion = () =>
  useWrite(({ id, stage }: { id: string; stage: Version['stage'] }) =>
    capstan().registry.move({ params: { id }, body: { stage } }),
  )

export const useSetLineage = () =>
  useWrite(({ id, ...body }: { id: string } & BodyOf<'lineage', 'set'>) =>
    capstan().lineage.set({ params: { id }, body }),
  )

export const useSetGate = () =>
  useWrite((body: BodyOf<'registry', 'createGate'>) => capstan().registry.createGate({ body }))
