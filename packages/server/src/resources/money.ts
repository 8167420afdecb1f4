/** @file Money in the workspace's currency: what is given in another one is converted, or refused. */
import { refusedError } from '@capstan/api'
import { convert, currencyRefusal, dateOfDay } from '@capstan/domain'
import type { Db } from '../database/records.ts'
import { timesOf } from '../measures/clock.ts'
import { readFacts } from '../workspace/facts.ts'
import { exchangeRates } from './store.ts'

/**
 * @param at instant of the amount, whose local day chooses the rate
 * @throws {CapstanError} `request/refused` for a currency without a rate, or that does not exist
 */
export async function inWorkspaceCurrency(
  db: Db,
  amount: number,
  currency: string | undefined,
  at: string,
): Promise<{ amount: number; rate: number; note: string }> {
  const { currency: own } = await readFacts(db)
  if (currency === undefined || currency === own) return { amount, rate: 1, note: '' }
  const unknown = currencyRefusal(currency)
  if (unknown) throw refusedError(unknown)
  const { calendar } = await timesOf(db, at)
  const date = dateOfDay(calendar.dayOf(at))
  const converted = convert(amount, currency, own, date, await exchangeRates.list(db))
  if (!converted.ok) throw refusedError(converted.refusal)
  const { rate } = converted.value
  return { ...converted.value, note: ` (${amount} ${currency} × ${rate})` }
}
