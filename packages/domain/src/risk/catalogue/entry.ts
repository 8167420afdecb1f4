/** @file What an entry of the catalogue of risks says, in both languages. */

export type ReferenceSource = 'nist-ai-rmf' | 'iso-42001' | 'eu-ai-act' | 'cn-genai-measures' | 'tc260-003'

export type CatalogueGroup =
  | 'data'
  | 'model'
  | 'content'
  | 'security'
  | 'people'
  | 'supply'
  | 'business'
  | 'law'

export type CatalogueText = { name: string; description: string; reasons: readonly string[] }

export type CatalogueEntry = {
  key: string
  group: CatalogueGroup
  /** 90 % interval of events a year for a small team: an order of magnitude to argue with, measured nowhere. */
  frequency: readonly [low: number, high: number]
  /** 90 % interval of one event's loss in thousand US dollars: the same. */
  loss: readonly [low: number, high: number]
  treatment: 'avoid' | 'reduce' | 'transfer' | 'accept'
  /** By number: NIST AI RMF 1.0 subcategories, ISO/IEC 42001:2023 Annex A controls, articles and clauses. */
  nist: readonly string[]
  iso: readonly string[]
  eu?: readonly string[]
  cn?: readonly string[]
  tc260?: readonly string[]
  en: CatalogueText
  zh: CatalogueText
}
