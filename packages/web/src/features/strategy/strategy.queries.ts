/** @file Changes on the page of strategy: objectives, key results, initiatives, and the cycle they belong to. */
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

export const useOpenCycle = () =>
  useWrite((body: BodyOf<'cycles', 'create'>) => capstan().cycles.create({ body }))
export const useEditCycle = () =>
  useWrite(({ id, ...body }: { id: string } & BodyOf<'cycles', 'edit'>) =>
    capstan().cycles.edit({ params: { id }, body }),
  )
export const useCloseCycle = (revision: number) =>
  useWrite((id: string) => capstan().cycles.edit({ params: { id }, body: { revision, state: 'closed' } }))
