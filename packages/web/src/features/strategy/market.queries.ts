/** @file What the page of strategy reads and changes of the market, and how initiatives rank. */
import type { ContenderComparison } from '@capstan/api'
import { queryOptions } from '@tanstack/react-query'
import { type BodyOf, capstan } from '../../server/client.ts'
import { useWrite } from '../../server/writes.ts'

export const marketReads = {
  ranking: () =>
    queryOptions({
      queryKey: ['initiatives', 'ranking'],
      queryFn: ({ signal }) => capstan().strategy.ranking({}, signal),
    }),
  segments: () =>
    queryOptions({
      queryKey: ['segments'],
      queryFn: ({ signal }) => capstan().market.segments(undefined, signal),
    }),
  outlook: () =>
    queryOptions({
      queryKey: ['segments', 'outlook'],
      queryFn: ({ signal }) => capstan().market.outlook({}, signal),
    }),
  criteria: () =>
    queryOptions({
      queryKey: ['criteria'],
      queryFn: ({ signal }) => capstan().market.criteria(undefined, signal),
    }),
  contenders: (kind: ContenderComparison['kind']) =>
    queryOptions({
      queryKey: ['contenders', kind],
      queryFn: ({ signal }) => capstan().market.contenders({ query: { kind } }, signal),
    }),
  comparison: (kind: ContenderComparison['kind']) =>
    queryOptions({
      queryKey: ['contenders', kind, 'comparison'],
      queryFn: ({ signal }) => capstan().market.comparison({ query: { kind } }, signal),
    }),
  swot: () =>
    queryOptions({ queryKey: ['swot'], queryFn: ({ signal }) => capstan().market.swot(undefined, signal) }),
}

export const useAddSegment = () =>
  useWrite((body: BodyOf<'market', 'addSegment'>) => capstan().market.addSegment({ body }))
export const useEditSegment = () =>
  useWrite(({ id, ...body }: { id: string } & BodyOf<'market', 'editSegment'>) =>
    capstan().market.editSegment({ params: { id }, body }),
  )
export const useRemoveSegment = () =>
  useWrite((id: string) => capstan().market.removeSegment({ params: { id } }))

export const useAddCriterion = () =>
  useWrite((body: BodyOf<'market', 'addCriterion'>) => capstan().market.addCriterion({ body }))
export const useEditCriterion = () =>
  useWrite(({ id, ...body }: { id: string } & BodyOf<'market', 'editCriterion'>) =>
    capstan().market.editCriterion({ params: { id }, body }),
  )
export const useRemoveCriterion = () =>
  useWrite((id: string) => capstan().market.removeCriterion({ params: { id } }))

export const useAddContender = () =>
  useWrite((body: BodyOf<'market', 'addContender'>) => capstan().market.addContender({ body }))
export const useEditContender = () =>
  useWrite(({ id, ...body }: { id: string } & BodyOf<'market', 'editContender'>) =>
    capstan().market.editContender({ params: { id }, body }),
  )
export const useRemoveContender = () =>
  useWrite((id: string) => capstan().market.removeContender({ params: { id } }))

export const useAddSwot = () =>
  useWrite((body: BodyOf<'market', 'addSwot'>) => capstan().market.addSwot({ body }))
export const useEditSwot = () =>
  useWrite(({ id, ...body }: { id: string } & BodyOf<'market', 'editSwot'>) =>
    capstan().market.editSwot({ params: { id }, body }),
  )
export const useRemoveSwot = () => useWrite((id: string) => capstan().market.removeSwot({ params: { id } }))
