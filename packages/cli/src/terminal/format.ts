/** @file Numbers as the terminal shows them. */
import type { Language } from '@capstan/api'

export interface Format {
  number(value: number, digits?: number): string
  percent(share: number, digits?: number): string
  money(amount: number): string
  /** Milliseconds, with the digits that tell. */
  milliseconds(value: number): string
  seconds(value: number): string
  bytes(value: number): string
  date(instant: string): string
  interval(low: string, high: string): string
}

export function formatIn(language: Language, currency: string): Format {
  const number = (value: number, digits = 0) =>
    value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits })
  const money = (amount: number) =>
    amount.toLocaleString(language, {
      style: 'currency',
      currency,
      currencyDisplay: 'narrowSymbol',
      minimumFractionDigits: Math.abs(amount) < 100 && amount !== 0 ? 2 : 0,
      maximumFractionDigits: Math.abs(amount) < 100 ? 2 : 0,
    })
  return {
    number,
    money,
    percent: (share, digits = 1) => `${number(share * 100, digits)}%`,
    milliseconds: (value) => `${number(value, value < 10 ? 2 : 1)} ms`,
    seconds: (value) => `${number(value, value < 10 ? 1 : 0)} s`,
    bytes: (value) =>
      value >= 2 ** 30 ? `${number(value / 2 ** 30, 1)} GiB` : `${number(value / 2 ** 20, 1)} MiB`,
    date: (instant) => new Date(instant).toISOString().slice(0, 10),
    interval: (low, high) => `${low} – ${high}`,
  }
}
