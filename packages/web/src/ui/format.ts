/** @file Numbers, money, durations and dates in the reader's language and the workspace's currency. */
import type { Language } from '../i18n/language.ts'

export interface Quantity {
  text: string
  unit: string
}

const timeUnits = [
  { symbol: 'min', unit: 'minute', display: 'short' },
  { symbol: 'day', unit: 'day', display: 'long' },
] as const

export type Format = ReturnType<typeof createFormat>

export function createFormat(language: Language, currency: string) {
  const intl = (options: Intl.NumberFormatOptions) => {
    const format = new Intl.NumberFormat(language, options)
    return (value: number) => format.format(value)
  }
  const dates = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(language, options)
    return (instant: string) => format.format(new Date(instant))
  }
  const integer = intl({ maximumFractionDigits: 0 })
  const plain = intl({ maximumSignificantDigits: 3 })
  const money = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const
  const wholeMoney = intl({ ...money, maximumFractionDigits: 0 })
  const smallMoney = intl({ ...money, minimumFractionDigits: 2, maximumFractionDigits: 2 })
  const tinyMoney = intl({ ...money, maximumSignificantDigits: 2 })
  const trimmed = intl({ maximumFractionDigits: 2 })
  const shortMoney = intl({ ...money, notation: 'compact', maximumSignificantDigits: 3 })
  const compact = intl({ notation: 'compact', maximumSignificantDigits: 3 })
  const percentOf = [0, 1, 2].map((digits) =>
    intl({ minimumFractionDigits: digits, maximumFractionDigits: digits }),
  )

  const number = (value: number): string => (Math.abs(value) >= 1000 ? integer(value) : plain(value))
  const digitsOf = (share: number): number => {
    const edge = Math.min(Math.abs(share), Math.abs(1 - share))
    return edge === 0 || edge >= 0.1 ? 0 : edge < 0.01 ? 2 : 1
  }
  /** The number of a share in percent, without the sign; never a rounded certainty. */
  const percentNumber = (share: number, digits = digitsOf(share)): string => {
    const percent = share * 100
    const step = 10 ** -digits
    if (percent < 100 && percent > 100 - step / 2) return `> ${percentOf[digits]!(100 - step)}`
    if (percent > 0 && percent < step / 2) return `< ${percentOf[digits]!(step)}`
    return percentOf[digits]!(percent)
  }
  const percentRange = ([low, high]: readonly [number, number], digits = 0): string => {
    const [from, to] = [percentNumber(low, digits), percentNumber(high, digits)]
    return from === to ? from : `${from}–${to}`
  }
  const amount = (value: number): string => {
    const size = Math.abs(value)
    if (size >= 10_000) return shortMoney(value)
    if (size >= 100 || size === 0) return wholeMoney(value)
    return size >= 0.01 ? smallMoney(value) : tinyMoney(value)
  }
  /** A measured share with what digits it has, at most two. */
  const sharePercent = (value: number) => trimmed(value * 100)
  /** The word for a unit of time as the language writes it; any other unit is its own symbol. */
  const unitName = (unit: string, value = 2): string => {
    const known = timeUnits.find(({ symbol }) => symbol === unit)
    if (!known) return unit
    const format = new Intl.NumberFormat(language, {
      style: 'unit',
      unit: known.unit,
      unitDisplay: known.display,
    })
    return format.formatToParts(value).find(({ type }) => type === 'unit')?.value ?? unit
  }
  const quantity = (value: number, unit: string): Quantity => {
    if (unit === '1') return { text: sharePercent(value), unit: '%' }
    if (unit === currency) return { text: amount(value), unit: '' }
    return { text: number(value), unit: unitName(unit, value) }
  }

  return {
    language,
    currency,
    integer,
    number,
    compact,
    money: amount,
    exactMoney: (value: number) => (Math.abs(value) < 100 ? smallMoney(value) : wholeMoney(value)),
    percent: (share: number, digits?: number) => `${percentNumber(share, digits)} %`,
    percentNumber,
    percentRange,
    quantity,
    unitName,
    value: (value: number, unit: string) => {
      const { text, unit: symbol } = quantity(value, unit)
      return symbol ? `${text} ${symbol}` : text
    },
    loss: intl({ minimumFractionDigits: 4, maximumFractionDigits: 4 }),
    signed: intl({ signDisplay: 'exceptZero', maximumFractionDigits: 0 }),
    day: dates({ day: 'numeric', month: 'short' }),
    date: dates({ day: 'numeric', month: 'short', year: 'numeric' }),
    time: dates({ hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false }),
    dateTime: dates({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hour12: false }),
    seconds: (value: number) => duration(value, language),
    bytes: (value: number) => bytes(value, intl({ maximumSignificantDigits: 3 })),
    ago: (instant: string, now: number) => ago(new Date(instant).getTime() - now, language),
  }
}

function duration(value: number, language: Language): string {
  const unit = (n: number, name: 'hour' | 'minute' | 'second', digits = 0) =>
    new Intl.NumberFormat(language, {
      style: 'unit',
      unit: name,
      unitDisplay: 'short',
      maximumFractionDigits: digits,
    }).format(n)
  if (value < 10) return unit(value, 'second', 1)
  if (value < 60) return unit(value, 'second')
  const minutes = Math.floor(value / 60)
  if (minutes < 60) return `${unit(minutes, 'minute')} ${unit(Math.floor(value % 60), 'second')}`
  return `${unit(Math.floor(minutes / 60), 'hour')} ${unit(minutes % 60, 'minute')}`
}

function bytes(value: number, number: (value: number) => string): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const power = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(value) / 10))
  return `${number(value / 1024 ** power)} ${units[power]}`
}

function ago(milliseconds: number, language: Language): string {
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' })
  const steps = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
  ] as const
  for (const [unit, size] of steps)
    if (Math.abs(milliseconds) >= size) return format.format(Math.round(milliseconds / size), unit)
  return format.format(Math.round(milliseconds / 1000), 'second')
}
