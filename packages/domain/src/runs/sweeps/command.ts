/** @file The words of a trial's command: a template in which `{name}` stands for a parameter's value. */
import { type Message, message } from '../../messages/message.ts'
import type { SearchSpace, TrialValues } from './space.ts'

const slot = /\{([A-Za-z_][\w.-]*)\}/g

/** Why a template cannot be filled; null when it can. @param resource the parameter that halving gives out */
export const templateRefusal = (
  words: readonly string[],
  space: SearchSpace,
  resource: string | null,
): Message | null => {
  const unknown = words
    .flatMap((word) => [...word.matchAll(slot)].map((match) => match[1]!))
    .find((name) => !(name in space) && name !== resource)
  return unknown === undefined ? null : message('sweep.command.unknown', { name: unknown })
}

/**
 * A word that names an inactive parameter is left out, with the option before it when the word is nothing else:
 * `--momentum {momentum}` goes as a whole.
 */
export const commandOf = (words: readonly string[], space: SearchSpace, values: TrialValues): string[] => {
  const missing = (word: string) =>
    [...word.matchAll(slot)].some(([, name]) => name! in space && values[name!] === undefined)
  return words.flatMap((word, i) => {
    const next = words[i + 1]
    const bare = next !== undefined && /^\{[^{}]+\}$/.test(next) && missing(next)
    if (missing(word) || (bare && word.startsWith('-'))) return []
    return [
      word.replace(slot, (whole, name: string) =>
        values[name] === undefined ? whole : String(values[name]),
      ),
    ]
  })
}
