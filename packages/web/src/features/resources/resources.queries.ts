/** @file What only the page of resources reads, and changes to pools, allocations, the ledger and the runway. */
import { queryOptions } from '@tanstack/react-query'
import { type BodyOf, capstan } from '../../server/client.ts'
import { useWrite } from '../../server/writes.ts'

export const runway = () =>
  queryOptions({ queryKey: ['runway'], queryFn: ({ signal }) => capstan().runway.get({}, signal) })

export const useAddPool = () =>
  useWrite((body: BodyOf<'resources', 'createPool'>) => capstan().resources.createPool({ body }))
export const useEditPool = () =>
  useWrite(({ id, ...body }: { id: string } & BodyOf<'resources', 'editPool'>) =>
    capstan().resources.editPool({ params: { id }, body }),
  )
export const useRemovePool = () =>
  useWrite((id: string) => capstan().resources.removePool({ params: { id } }))

export const useSetRunway = () => useWrite((body: BodyOf<'runway', 'set'>) => capstan().runway.set({ body }))

export const useCharge = () =>
  useWrite((body: BodyOf<'resources', 'charge'>) => capstan().resources.charge({ body }))
export const useCorrect = () =>
  useWrite(({ id, note }: { id: string; note: string }) =>
    capstan().resources.correct({ params: { id }, body: { note } }),
  )

export const useSolve = () =>
  useWrite((body: BodyOf<'resources', 'solve'>) => capstan().resources.solve({ body }))
export const useApproveAllocation = () =>
  useWrite((id: string) => capstan().resources.approve({ params: { id }, body: {} }))
