/** @file Changes that more than one page asks for: deciding a proposal, voting on an approval. */
import { ApiError } from '@capstan/api'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { capstan } from './client.ts'

/** A mutation after which everything on the page is read again. */
export function useWrite<Input, Output>(write: (input: Input) => Promise<Output>) {
  const queries = useQueryClient()
  const readAgain = () => queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'metrics' })
  return useMutation({
    mutationFn: write,
    onSuccess: readAgain,
    // what somebody else has done meanwhile is shown beside the refusal
    onError: (error) => {
      if (error instanceof ApiError && [404, 409].includes(error.status)) void readAgain()
    },
  })
}

export const useDecideProposal = () =>
  useWrite(({ id, decision, note }: { id: string; decision: 'accept' | 'reject'; note?: string }) =>
    capstan().review.decide({ params: { id }, body: { decision, note: note ?? '' } }),
  )

export type Ballot = {
  id: string
  memberId: string
  role: 'owner' | 'lead' | 'engineer' | 'reviewer' | 'viewer'
  vote: 'approve' | 'reject'
}

export const useVote = () =>
  useWrite(({ id, ...vote }: Ballot) => capstan().team.vote({ params: { id }, body: vote }))
