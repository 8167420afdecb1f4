/** @file Changes on the page of strategy: objectives, key results, initiatives. */
import { type BodyOf, capstan } from '../../server/client.ts'
import { useWrite } from '../../server/writes.ts'

export const useAddObjective = () =>
  useWrite((body: BodyOf<'strategy', 'createObjective'>) => capstan().strategy.createObjective({ body }))
export const useEditObjective = () =>
  useWrite(({ id, ...body }: { id: string } & BodyOf<'strategy', 'editObjective'>) =>
    capstan().strategy.editObjective({ params: { id }, body }),
  )
export const useRemoveObjective = () =>
  useWrite((id: string) => capstan().strategy.removeObjective({ params: { id } }))

export const useAddKeyResult = () =>
  useWrite((body: BodyOf<'strategy', 'createKeyResult'>) => capstan().strategy.createKeyResult({ body }))
export const useEditKeyResult = () =>
  useWrite(({ id, ...body }: { id: string } & BodyOf<'strategy', 'editKeyResult'>) =>
    capstan().strategy.editKeyResult({ params: { id }, body }),
  )
export const useRemoveKeyResult = () =>
  useWrite((id: string) => capstan().strategy.removeKeyResult({ params: { id } }))

export const useAddInitiative = () =>
  useWrite((body: BodyOf<'strategy', 'createInitiative'>) => capstan().strategy.createInitiative({ body }))
export const useEditInitiative = () =>
  useWrite(({ id, ...body }: { id: string } & BodyOf<'strategy', 'editInitiative'>) =>
    capstan().strategy.editInitiative({ params: { id }, body }),
  )
export const useRemoveInitiative = () =>
  useWrite((id: string) => capstan().strategy.removeInitiative({ params: { id } }))
