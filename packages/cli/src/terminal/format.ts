/** @file Numbers as the terminal shows them. */
import type { Language } from '@capstan/api'

export interface Format {
  number(value: number, digits?: number): string
  percent(share: number, digits?: number): string
  money(amount: number): string
  /** A chance is never shown as a certainty. */
  chance(share: number): string
  /** Milliseconds, with the digits that tell. */
  milliseconds(value: number): string
  seconds(value: number): string
  bytes(value: number): string
  /** An amount of a pool: `7 days`, `9 min`, `¥7,000`. */
  amount(value: number, unit: string, digits?: number): string
  date(instant: string): string
  interval(low: string, high: string): string
}

const units: Record<string, Record<Language, string>> = {
  min: { en: 'min', 'zh-CN': '分钟' },
  h: { en: 'h', 'zh-CN': '小时' },
}

export function formatIn(language: Language, currency: string): Format {
  const number = (value: number, digits = 0) =>
    value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits })
  const money = (amount: number) =>
    amount.toLocaleString(language, {
      style: 'currency',
      currency,
      currencyDisplay: 'narrowSymbol',
      // what costs less than the smallest coin still costs something
      ...(amount !== 0 && Math.abs(amount) < 0.01
        ? { maximumSignificantDigits: 2 }
        : {
            minimumFractionDigits: Math.abs(amount) < 100 && amount !== 0 ? 2 : 0,
            maximumFractionDigits: Math.abs(amount) < 100 ? 2 : 0,
          }),
    })
  return {
    number,
    money,
    chance: (share) => (share > 0.995 ? '> 99%' : share < 0.005 ? '< 1%' : `${number(share * 100)}%`),
    percent: (share, digits = 1) => `${number(share * 100, digits)}%`,
    milliseconds: (value) => `${number(value, value < 10 ? 2 : 1)} ms`,
    seconds: (value) => `${number(value, value < 10 ? 1 : 0)} s`,
    bytes: (value) =>
      value >= 2 ** 30 ? `${number(value / 2 ** 30, 1)} GiB` : `${number(value / 2 ** 20, 1)} MiB`,
    amount: (value, unit, digits = 0) => {
      if (unit === currency) return money(value)
      if (unit !== 'day') return `${number(value, digits)} ${units[unit]?.[language] ?? unit}`
      const days = value.toLocaleString(language, { maximumFractionDigits: 1 })
      return language === 'zh-CN' ? `${days} 天` : days === '1' ? '1 day' : `${days} days`
    },
    date: (instant) => new Date(instant).toISOString().slice(0, 10),
    interval: (low, high) => `${low} – ${high}`,
  }
}
