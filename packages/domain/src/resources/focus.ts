/** @file The ledger as cost and usage rows of the FinOps Open Cost and Usage Specification (FOCUS 1.2). */

export type FocusCharge = {
  id: string
  at: string
  initiative: { id: string; name: string } | null
  pool: { id: string; name: string; kind: 'people' | 'compute' | 'cash' }
  quantity: number
  unit: string
  rate: number
  cost: number
  origin: string
  evidence: { noun: string; id: string; note?: string }
  /** The entry that this one takes back. */
  corrects: string | null
}

export type FocusAccount = { id: string; name: string; currency: string }

/** Columns in the order of the file; names and meanings are the specification's. */
export const focusColumns = [
  'BilledCost',
  'BillingAccountId',
  'BillingAccountName',
  'BillingCurrency',
  'BillingPeriodEnd',
  'BillingPeriodStart',
  'ChargeCategory',
  'ChargeClass',
  'ChargeDescription',
  'ChargeFrequency',
  'ChargePeriodEnd',
  'ChargePeriodStart',
  'ConsumedQuantity',
  'ConsumedUnit',
  'ContractedCost',
  'ContractedUnitPrice',
  'EffectiveCost',
  'InvoiceIssuerName',
  'ListCost',
  'ListUnitPrice',
  'PricingCategory',
  'PricingCurrency',
  'PricingQuantity',
  'PricingUnit',
  'ProviderName',
  'PublisherName',
  'ResourceId',
  'ResourceName',
  'ResourceType',
  'ServiceCategory',
  'ServiceName',
  'SkuId',
  'SkuPriceId',
  'SubAccountId',
  'SubAccountName',
  'Tags',
] as const

const services = {
  compute: { category: 'Compute', frequency: 'Usage-Based', kind: 'Usage' },
  people: { category: 'Other', frequency: 'Usage-Based', kind: 'Usage' },
  cash: { category: 'Other', frequency: 'One-Time', kind: 'Purchase' },
} as const

const monthStart = (at: string, later = 0): string =>
  new Date(Date.UTC(Number(at.slice(0, 4)), Number(at.slice(5, 7)) - 1 + later, 1)).toISOString()

/** One row, in the order of `focusColumns`; null where the specification wants no value. */
export const focusRow = (charge: FocusCharge, account: FocusAccount): (string | number | null)[] => {
  const { pool, initiative, evidence } = charge
  const service = services[pool.kind]
  // one moment is charged as the second that it lies in: a period must not be empty
  const from = new Date(Math.floor(Date.parse(charge.at) / 1000) * 1000)
  const usage = service.kind === 'Usage'
  const values: Record<(typeof focusColumns)[number], string | number | null> = {
    BilledCost: charge.cost,
    BillingAccountId: account.id,
    BillingAccountName: account.name,
    BillingCurrency: account.currency,
    BillingPeriodEnd: monthStart(charge.at, 1),
    BillingPeriodStart: monthStart(charge.at),
    ChargeCategory: service.kind,
    ChargeClass: charge.corrects === null ? null : 'Correction',
    ChargeDescription: evidence.note ?? `${pool.name}: ${evidence.noun} ${evidence.id}`,
    ChargeFrequency: service.frequency,
    ChargePeriodEnd: new Date(from.getTime() + 1000).toISOString(),
    ChargePeriodStart: from.toISOString(),
    ConsumedQuantity: usage ? charge.quantity : null,
    ConsumedUnit: usage ? charge.unit : null,
    ContractedCost: charge.cost,
    ContractedUnitPrice: charge.rate,
    EffectiveCost: charge.cost,
    InvoiceIssuerName: account.name,
    ListCost: charge.cost,
    ListUnitPrice: charge.rate,
    PricingCategory: 'Standard',
    PricingCurrency: account.currency,
    PricingQuantity: charge.quantity,
    PricingUnit: charge.unit,
    ProviderName: account.name,
    PublisherName: account.name,
    ResourceId: evidence.id,
    ResourceName: null,
    ResourceType: evidence.noun,
    ServiceCategory: service.category,
    ServiceName: pool.name,
    SkuId: pool.id,
    SkuPriceId: `${pool.id}@${charge.rate}`,
    SubAccountId: initiative?.id ?? null,
    SubAccountName: initiative?.name ?? null,
    Tags: JSON.stringify({
      'capstan/origin': charge.origin,
      'capstan/entry': charge.id,
      ...(charge.corrects === null ? {} : { 'capstan/corrects': charge.corrects }),
    }),
  }
  return focusColumns.map((column) => values[column])
}
