/** @file Turns a message into a sentence of the reader's language. */
import { en } from './en.ts'
import type { Language, Message, MessageCode } from './message.ts'
import { terms } from './terms.ts'
import { zhCN } from './zh-CN.ts'

const catalogues: Record<Language, Record<MessageCode, string>> = { en, 'zh-CN': zhCN }

const slot = /\{([A-Za-z]+)(?::([a-z]+))?\}/g

/**
 * The sentence for a message. Slots are `{name}`, or `{name:format}` with a format of `percent`
 * (0.981 -> 98.1 %), `term` (a vocabulary word in the reader's
 * language), `terms` (several, joined by `', '`), `list` (items joined by
 * `', '`), `money` (in the currency given) or `raw` (no grouping of digits).
 */
export const render = (
  { code, values }: Message,
  language: Language,
  { currency }: { currency?: string } = {},
): string =>
  catalogues[language][code].replace(slot, (whole, name: string, format?: string) => {
    const value = values[name]
    return value === undefined ? whole : formats[(format ?? 'plain') as Format](value, language, currency)
  })

type Format = 'plain' | 'percent' | 'term' | 'terms' | 'list' | 'money' | 'raw'
type Formatter = (value: string | number, language: Language, currency?: string) => string

const formats = {
  plain: (value, language) => (typeof value === 'number' ? number(value, language) : value),
  percent: (value, language) => (typeof value === 'number' ? percent(value, language) : value),
  term: (value, language) => terms[value]?.[language] ?? String(value),
  terms: (value, language) =>
    String(value)
      .split(', ')
      .map((word) => terms[word]?.[language] ?? word)
      .join(language === 'zh-CN' ? '、' : ', '),
  list: (value, language) => (language === 'zh-CN' ? String(value).replaceAll(', ', '、') : String(value)),
  money: (value, language, currency) =>
    typeof value === 'number' ? money(value, language, currency) : value,
  raw: (value) => String(value),
} satisfies Record<Format, Formatter>

/** In the workspace's currency where it is known, else a bare number; no small change above 100. */
const money = (value: number, language: Language, currency: string | undefined): string =>
  currency === undefined
    ? number(value, language)
    : value.toLocaleString(language, {
        style: 'currency',
        currency,
        currencyDisplay: 'narrowSymbol',
        maximumFractionDigits: Math.abs(value) < 100 ? 2 : 0,
        minimumFractionDigits: 0,
      })

/** Four significant digits below 1,000, whole numbers from there on. */
const number = (value: number, language: Language): string =>
  value.toLocaleString(
    language,
    Math.abs(value) >= 1000 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 4 },
  )

/** One decimal; two near 0 % and 100 %, where they tell; never a rounded certainty. */
const percent = (value: number, language: Language): string => {
  if (value > 0 && value < nearest) return `< ${share(nearest, language)}`
  if (value < 1 && value > 1 - nearest) return `> ${share(1 - nearest, language)}`
  return share(value, language)
}

const nearest = 0.0001

const share = (value: number, language: Language): string => {
  const edge = Math.min(Math.abs(value), Math.abs(1 - value))
  return value.toLocaleString(language, {
    style: 'percent',
    maximumFractionDigits: edge > 0 && edge < 0.01 ? 2 : 1,
  })
}

/** The slot names of a template, sorted and without their formats. */
export const slotNames = (template: string): string[] =>
  [...new Set([...template.matchAll(slot)].map((match) => match[1]!))].sort()
