/** @file The words of a trial's command: a template in which `{name}` stands for a parameter's value, `{{name}}` for itself in single braces, and a shell's `${name}` for itself. */
import { type Message, message } from '../../messages/message.ts'
import type { SearchSpace, TrialValues } from './space.ts'

const slot = /\{\{[A-Za-z_][\w.-]*\}\}|(?<!\$)\{([A-Za-z_][\w.-]*)\}/g

const namesIn = (word: string): string[] =>
  [...word.matchAll(slot)].flatMap(([, name]) => (name === undefined ? [] : [name]))

/** Why a template cannot be filled; null when it can. @param resource the parameter that halving gives out */
export const templateRefusal = (
  words: readonly string[],
  space: SearchSpace,
  resource: string | null,
): Message | null => {
  const unknown = words.flatMap(namesIn).find((name) => !(name in space) && name !== resource)
  return unknown === undefined ? null : message('sweep.command.unknown', { name: unknown })
}

/**
 * A word that names an inactive parameter is left out, with the option before it when the word is nothing else:
 * `--momentum {momentum}` goes as a whole.
 */
export const commandOf = (words: readonly string[], space: SearchSpace, values: TrialValues): string[] => {
  const missing = (word: string) => namesIn(word).some((name) => name in space && values[name] === undefined)
  return words.flatMap((word, i) => {
    const next = words[i + 1]
    const bare = next !== undefined && /^\{[^{}]+\}$/.test(next) && missing(next)
    if (missing(word) || (bare && word.startsWith('-'))) return []
    return [
      word.replace(slot, (whole: string, name: string | undefined) => {
        if (name === undefined) return whole.slice(1, -1)
        return values[name] === undefined ? whole : String(values[name])
      }),
    ]
  })
}
