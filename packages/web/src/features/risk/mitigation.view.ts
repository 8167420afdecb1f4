/** @file A mitigation as a form holds it: by how many percent it lowers, where the server keeps factors. */
import type { Mitigation } from '@capstan/api'
import { percentOf, required, shareOf, type Typed } from '../../ui/form/fields.ts'

export interface MitigationFields {
  name: string
  riskId: string
  description: string
  /** Percent by which frequency and loss go down. */
  fewer: Typed
  cheaper: Typed
  annualCost: Typed
  ownerId: string
  adopted: boolean
}

export const mitigationFields = (mitigation: Mitigation | null): MitigationFields => ({
  name: mitigation?.name ?? '',
  riskId: mitigation?.riskId ?? '',
  description: mitigation?.description ?? '',
  fewer: percentOf(1 - (mitigation?.frequencyFactor ?? 1)),
  cheaper: percentOf(1 - (mitigation?.lossFactor ?? 1)),
  annualCost: mitigation?.annualCost ?? 0,
  ownerId: mitigation?.ownerId ?? '',
  adopted: mitigation?.adopted ?? false,
})

export const mitigationBody = (fields: MitigationFields) => ({
  name: fields.name,
  description: fields.description,
  frequencyFactor: shareOf(100 - required(fields.fewer)),
  lossFactor: shareOf(100 - required(fields.cheaper)),
  annualCost: required(fields.annualCost),
  ownerId: fields.ownerId || null,
})
