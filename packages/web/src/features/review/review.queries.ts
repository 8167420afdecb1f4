/** @file What the page of reviews asks and changes: the audit chain's state, reviews, what-ifs, decisions, the history. */
import type { ChangeEdit } from '@capstan/api'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { capstan } from '../../server/client.ts'
import { useWrite } from '../../server/writes.ts'

export const verification = () =>
  queryOptions({
    queryKey: ['activity', 'verification'],
    queryFn: ({ signal }) => capstan().loop.verifyActivity(undefined, signal),
  })

export const trackRecord = () =>
  queryOptions({
    queryKey: ['turns'],
    queryFn: ({ signal }) => capstan().review.history(undefined, signal),
  })

export type Opens = 'next' | 'same'

export const whatIf = (proposals: readonly { id: string; edit?: ChangeEdit }[], opens: Opens) =>
  queryOptions({
    queryKey: ['whatIf', opens, proposals],
    queryFn: ({ signal }) =>
      capstan().review.whatIf({ body: { proposals: [...proposals], opens, resolve: true } }, signal),
    enabled: proposals.length > 0,
    placeholderData: keepPreviousData,
    retry: false,
  })

export const useMakeReview = () => useWrite(() => capstan().review.create({ body: {} }))

type Decisions = Parameters<ReturnType<typeof capstan>['review']['decideAll']>[0]['body']['decisions']

export const useDecideAll = () =>
  useWrite(({ id, decisions, opens }: { id: string; decisions: Decisions; opens?: Opens }) =>
    capstan().review.decideAll({ params: { id }, body: { decisions, ...(opens ? { opens } : {}) } }),
  )
