/** @file What the page of strategy reads of the market and of how initiatives rank. */
import type { ContenderComparison } from '@capstan/api'
import { queryOptions } from '@tanstack/react-query'
import { capstan } from '../../server/client.ts'

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
