/** @file Who must approve what: the policy in force of each kind, and the fields to set another. */
import type { ApprovalKind, ApprovalPolicy } from '@capstan/api'
import { approvalPolicies } from '@capstan/domain'
import type { BodyOf } from '../../server/client.ts'
import { numberOf, required, type Typed } from '../../ui/form/fields.ts'

export const approvalKinds = ['release', 'budget', 'decision'] as const satisfies readonly ApprovalKind[]

type Rules = Omit<ApprovalPolicy, 'id'>

/** The newest of a kind holds; the usual one until there is any, which decisions have not. */
export function policyInForce(policies: readonly ApprovalPolicy[], kind: ApprovalKind): Rules | null {
  const own = policies.findLast(({ subject }) => subject === kind)
  if (own) return own
  if (kind === 'decision') return null
  const usual = approvalPolicies[kind]
  return { ...usual, roles: [...usual.roles], members: [...usual.members] }
}

export interface PolicyFields {
  roles: ApprovalPolicy['roles']
  members: string[]
  count: Typed
  notOwn: boolean
  distinct: boolean
  hours: Typed
}

export const policyFields = (rules: Rules | null): PolicyFields => ({
  roles: rules?.roles ?? ['owner'],
  members: rules?.members ?? [],
  count: rules?.count ?? 0,
  notOwn: rules?.notOwn ?? true,
  distinct: rules?.distinct ?? true,
  hours: rules?.expiresAfterHours ?? '',
})

export const policyBody = (subject: ApprovalKind, fields: PolicyFields): BodyOf<'team', 'createPolicy'> => ({
  ...{ subject, roles: fields.roles, members: fields.members, count: required(fields.count) },
  ...{ notOwn: fields.notOwn, distinct: fields.distinct, expiresAfterHours: numberOf(fields.hours) },
})
