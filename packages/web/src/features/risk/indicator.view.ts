/** @file An indicator as a form holds it. */
import type { Indicator } from '@capstan/api'
import { indicatorFactors } from '@capstan/domain'
import { required, type Typed } from '../../ui/form/fields.ts'

export interface IndicatorFields {
  riskId: string
  measureId: string
  amber: Typed
  red: Typed
  hysteresis: Typed
  green: Typed
  atAmber: Typed
  atRed: Typed
}

export const indicatorFields = (indicator: Indicator | null): IndicatorFields => {
  const { green, amber, red } = indicator?.factors ?? indicatorFactors
  return {
    ...{ riskId: indicator?.riskId ?? '', measureId: indicator?.measureId ?? '' },
    ...{ amber: indicator?.amber ?? '', red: indicator?.red ?? '', hysteresis: indicator?.hysteresis ?? 0 },
    ...{ green, atAmber: amber, atRed: red },
  }
}

export const indicatorBody = (fields: IndicatorFields) => ({
  amber: required(fields.amber),
  red: required(fields.red),
  hysteresis: required(fields.hysteresis),
  factors: {
    green: required(fields.green),
    amber: required(fields.atAmber),
    red: required(fields.atRed),
  },
})
