/** @file Reading the audit chain's state, and making a review. */
import { queryOptions } from '@tanstack/react-query'
import { capstan } from '../../server/client.ts'
import { useWrite } from '../../server/writes.ts'

export const verification = () =>
  queryOptions({
    queryKey: ['activity', 'verification'],
    queryFn: ({ signal }) => capstan().loop.verifyActivity(undefined, signal),
  })

export const useMakeReview = () => useWrite(() => capstan().review.create({ body: {} }))
