/** @file What people say about measures: points typed in, overrides signed and withdrawn. */
import type { MeasureOverride } from '@capstan/api'
import { capstan } from '../../server/client.ts'
import { useWrite } from '../../server/writes.ts'

export interface Said {
  id: string
  value: number
  note: string
}

export const useTypePoint = () =>
  useWrite(({ id, ...body }: Said) => capstan().measures.addPoint({ params: { id }, body }))

export const useOverride = () =>
  useWrite(({ id, ...body }: Said) => capstan().measures.override({ params: { id }, body }))

export const useWithdraw = () =>
  useWrite(({ override, note }: { override: MeasureOverride; note: string }) =>
    capstan().measures.withdraw({
      params: { id: override.measureId, overrideId: override.id },
      body: { revision: override.revision, note },
    }),
  )
