/** @file Money in another currency: converted by a dated rate that somebody typed, or refused. */
import { accepted, type Message, message, type Result, refused } from '../messages/message.ts'

/** `rate` units of the workspace's currency for one unit of `currency`, from `date` (local) on. */
export type ExchangeRate = { currency: string; rate: number; date: string }

const code = /^[A-Z]{3}$/

/** Whether a currency is written as ISO 4217 writes it, and one that exists. */
export const currencyRefusal = (currency: string): Message | null =>
  code.test(currency) && Intl.supportedValuesOf('currency').includes(currency)
    ? null
    : message('currency.unknown', { currency })

/** An amount in the workspace's currency, by the newest rate that is not after the date. */
export const convert = (
  amount: number,
  from: string,
  to: string,
  date: string,
  rates: readonly ExchangeRate[],
): Result<{ amount: number; rate: number }> => {
  if (from === to) return accepted({ amount, rate: 1 })
  const unknown = currencyRefusal(from)
  if (unknown) return refused(unknown)
  const known = rates
    .filter((rate) => rate.currency === from && rate.date <= date)
    .sort((a, b) => (a.date < b.date ? 1 : -1))[0]
  if (!known) return refused(message('currency.noRate', { from, to, date }))
  return accepted({ amount: amount * known.rate, rate: known.rate })
}
