/** @file The catalogue of AI risks to start from: entries in the reader's language, amounts in a currency. */
import type { Language } from '../../messages/message.ts'
import type { CatalogueEntry, CatalogueText, ReferenceSource } from './entry.ts'
import { lifeCycleRisks } from './life-cycle.ts'
import { operationRisks } from './operation.ts'

export const riskCatalogue: readonly CatalogueEntry[] = [...lifeCycleRisks, ...operationRisks]

export const catalogueText = (entry: CatalogueEntry, language: Language): CatalogueText =>
  language === 'zh-CN' ? entry.zh : entry.en

/** Sources in the order in which they are shown. */
export const catalogueReferences = ({
  nist,
  iso,
  eu = [],
  cn = [],
  tc260 = [],
}: CatalogueEntry): { source: ReferenceSource; number: string }[] => {
  const of = (source: ReferenceSource, numbers: readonly string[]) =>
    numbers.map((number) => ({ source, number }))
  return [
    ...of('nist-ai-rmf', nist),
    ...of('iso-42001', iso),
    ...of('eu-ai-act', eu),
    ...of('cn-genai-measures', cn),
    ...of('tc260-003', tc260),
  ]
}

/** How many of a currency make a US dollar, by order of magnitude: enough for numbers that are guesses anyway. */
const perDollar: Record<string, number> = {
  ...{ CNY: 7, HKD: 8, TWD: 30, JPY: 150, KRW: 1300, INR: 80, RUB: 90, BRL: 5, MXN: 18, TRY: 30, ZAR: 18 },
  ...{ SEK: 10, NOK: 10, DKK: 7, CZK: 23, PLN: 4, HUF: 350, THB: 35, PHP: 55, IDR: 15_000, VND: 25_000 },
}

/** The 90 % interval of one event's loss in the currency. */
export const catalogueLoss = (
  { loss: [low, high] }: CatalogueEntry,
  currency: string,
): { low: number; high: number } => {
  const scale = 1000 * (perDollar[currency] ?? 1)
  return { low: low * scale, high: high * scale }
}
