/** @file Changes to a version: moving it to another stage. */
import type { Version } from '@capstan/api'
import { capstan } from '../../server/client.ts'
import { useWrite } from '../../server/writes.ts'

export const useMoveVersion = () =>
  useWrite(({ id, stage }: { id: string; stage: Version['stage'] }) =>
    capstan().registry.move({ params: { id }, body: { stage } }),
  )
