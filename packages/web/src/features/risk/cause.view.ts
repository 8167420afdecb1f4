/** @file A shared cause as a form holds it. */
import type { RiskCause } from '@capstan/api'
import { required, type Typed } from '../../ui/form/fields.ts'

export interface CauseFields {
  name: string
  description: string
  volatility: Typed
}

export const causeFields = (cause: RiskCause | null): CauseFields => ({
  name: cause?.name ?? '',
  description: cause?.description ?? '',
  volatility: cause?.volatility ?? 1,
})

export const causeBody = ({ volatility, ...texts }: CauseFields) => ({
  ...texts,
  volatility: required(volatility),
})
