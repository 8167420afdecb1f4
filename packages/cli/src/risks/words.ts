/** @file Reads frequencies, losses and appetites from words: `0.2..2`, `2/4`, `1000..40000`, `50000=5%`. */
import { CapstanError, type Loss, type StatedFrequency } from '@capstan/api'
import type { Context } from '../context.ts'

const numbersOf = (text: string, between: string): number[] | null => {
  const parts = text.split(between).map((part) => part.trim())
  const numbers = parts.map(Number)
  return parts.every((part) => part !== '') && numbers.every(Number.isFinite) ? numbers : null
}

/** `0.5` a year, `0.2..2` in 9 of 10 cases, `2/4` two events in four years. */
export function frequencyFrom({ say }: Context, text: string): StatedFrequency {
  const range = numbersOf(text, '..')
  if (range?.length === 1) return { rate: range[0]! }
  if (range?.length === 2) return { low: range[0]!, high: range[1]! }
  const belief = numbersOf(text, '/')
  if (belief?.length === 2) return { alpha: belief[0]!, beta: belief[1]! }
  throw new CapstanError('cli/usage', { detail: say('usage.frequency', { text }) })
}

/** `5000`, `1000..40000` in 9 of 10 cases, `500..2000..20000` least, most likely, greatest. */
export function lossFrom({ say }: Context, text: string): Loss {
  const range = numbersOf(text, '..')
  if (range?.length === 1) return { kind: 'fixed', amount: range[0]! }
  if (range?.length === 2) return { kind: 'lognormal', low: range[0]!, high: range[1]! }
  if (range?.length === 3) return { kind: 'pert', min: range[0]!, mode: range[1]!, max: range[2]! }
  throw new CapstanError('cli/usage', { detail: say('usage.loss', { text }) })
}

/** `50000=5%` or `50000=0.05`, in the order of the losses. */
export function appetiteFrom({ say }: Context, words: readonly string[]): { loss: number; chance: number }[] {
  return words
    .map((text) => {
      const [, loss, chance, percent] = /^([\d.e+]+)=([\d.e+-]+)(%?)$/.exec(text.trim()) ?? []
      const point = { loss: Number(loss), chance: Number(chance) / (percent ? 100 : 1) }
      if (Number.isFinite(point.loss) && Number.isFinite(point.chance)) return point
      throw new CapstanError('cli/usage', { detail: say('usage.appetite', { text }) })
    })
    .sort((a, b) => a.loss - b.loss)
}

/** By its identifier or its name. */
export function named<T extends { id: string }>(
  all: readonly T[],
  noun: string,
  reference: string,
  nameOf: (item: T) => string,
): T {
  const found = all.find(({ id }) => id === reference) ?? all.find((item) => nameOf(item) === reference)
  if (found) return found
  throw new CapstanError('request/not-found', { noun, id: reference })
}
