/** @file Tests that every entry of the catalogue is whole, can be simulated, and names what exists. */
import { describe, expect, it } from 'vitest'
import { beliefOf } from '../frequency.ts'
import { frequencyRefusal, riskRefusal } from '../refusals.ts'
import { simulate } from '../simulate.ts'
import { catalogueLoss, catalogueReferences, catalogueText, riskCatalogue } from './catalogue.ts'

/** Subcategories a function and category of NIST AI RMF 1.0 has. */
const nist: Record<string, number[]> = {
  GOVERN: [7, 3, 2, 3, 2, 2],
  MAP: [6, 3, 5, 2, 2],
  MEASURE: [3, 13, 3, 3],
  MANAGE: [4, 4, 2, 3],
}
/** The 38 controls of ISO/IEC 42001:2023 Annex A. */
const iso = [
  ...['A.2.2', 'A.2.3', 'A.2.4', 'A.3.2', 'A.3.3', 'A.4.2', 'A.4.3', 'A.4.4', 'A.4.5', 'A.4.6', 'A.5.2'],
  ...['A.5.3', 'A.5.4', 'A.5.5', 'A.6.1.2', 'A.6.1.3', 'A.6.2.2', 'A.6.2.3', 'A.6.2.4', 'A.6.2.5'],
  ...['A.6.2.6', 'A.6.2.7', 'A.6.2.8', 'A.7.2', 'A.7.3', 'A.7.4', 'A.7.5', 'A.7.6', 'A.8.2', 'A.8.3'],
  ...['A.8.4', 'A.8.5', 'A.9.2', 'A.9.3', 'A.9.4', 'A.10.2', 'A.10.3', 'A.10.4'],
]
const exists: Record<string, (number: string) => boolean> = {
  'nist-ai-rmf': (number) => {
    const [, name, category, sub] = /^(\w+) (\d)\.(\d+)$/.exec(number) ?? []
    return Number(sub) >= 1 && Number(sub) <= (nist[name ?? '']?.[Number(category) - 1] ?? 0)
  },
  'iso-42001': (number) => iso.includes(number),
  'eu-ai-act': (number) => Number(number) >= 1 && Number(number) <= 113,
  'cn-genai-measures': (number) => Number(number) >= 1 && Number(number) <= 24,
  'tc260-003': (number) => /^(5(\.[123])?|6|7|8|9(\.[1234])?|A\.[1-5])$/.test(number),
}

describe('the catalogue of AI risks', () => {
  it('has enough entries with keys of their own, in every group', () => {
    expect(iso).toHaveLength(38)
    expect(riskCatalogue.length).toBeGreaterThanOrEqual(25)
    expect(new Set(riskCatalogue.map(({ key }) => key)).size).toBe(riskCatalogue.length)
    expect(new Set(riskCatalogue.map(({ group }) => group)).size).toBe(8)
    for (const { source } of riskCatalogue.flatMap(catalogueReferences)) expect(exists[source]).toBeDefined()
  })

  it.each(
    riskCatalogue.map((entry) => [entry.key, entry] as const),
  )('%s: both languages, ranges in order, references that exist', (key, entry) => {
    expect(key).toMatch(/^[a-z-]+$/)
    const [en, zh] = [catalogueText(entry, 'en'), catalogueText(entry, 'zh-CN')]
    for (const text of [en.name, en.description, ...en.reasons]) expect(text).not.toMatch(/[一-鿿]/)
    for (const text of [zh.name, zh.description, ...zh.reasons]) expect(text).toMatch(/[一-鿿]/)
    expect(zh.reasons).toHaveLength(en.reasons.length)
    const references = catalogueReferences(entry)
    expect(references.some(({ source }) => source === 'nist-ai-rmf')).toBe(true)
    expect(references.some(({ source }) => source === 'iso-42001')).toBe(true)
    for (const { source, number } of references)
      expect([source, number, exists[source]!(number)]).toEqual([source, number, true])
    const [low, high] = entry.frequency
    expect(frequencyRefusal(key, { low, high })).toBeNull()
    const loss = { kind: 'lognormal' as const, ...catalogueLoss(entry, 'CNY') }
    const risk = { id: key, name: en.name, frequency: beliefOf({ low, high }), loss }
    expect(riskRefusal(risk)).toBeNull()
  })

  it('can be simulated as a whole', () => {
    const risks = riskCatalogue.map((entry) => ({
      ...{ id: entry.key, name: entry.key },
      frequency: beliefOf({ low: entry.frequency[0], high: entry.frequency[1] }),
      loss: { kind: 'lognormal' as const, ...catalogueLoss(entry, 'USD') },
    }))
    const found = simulate(risks, { seed: 1, years: 5000 })
    expect(found.ale).toBeGreaterThan(0)
    expect(found.es95).toBeGreaterThan(found.var95)
  })

  it('speaks of money in the currency, by order of magnitude', () => {
    const drift = riskCatalogue.find(({ key }) => key === 'drift')!
    expect(catalogueLoss(drift, 'USD')).toEqual({ low: 2000, high: 40_000 })
    expect(catalogueLoss(drift, 'CNY')).toEqual({ low: 14_000, high: 280_000 })
  })
})
