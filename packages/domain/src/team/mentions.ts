/** @file Who is spoken to in a text: `@Ann`, `@王芳`, or `@[Ann Lee]`; what stands in code speaks to nobody. */

export type Mentions = {
  /** Members, each once, in the order of the text. */
  memberIds: string[]
  /** Names that no member has, as they were written. */
  strangers: string[]
}

type Named = { id: string; name: string }

const code = /(`{3,}|~{3,})[\s\S]*?(?:\1|$)|(`+)[^`][\s\S]*?\2/g

/**
 * The longest name of a member that stands after an `@` is meant, upper and lower case alike. What follows a Latin
 * letter or a digit, such as the `@` of an e-mail address, is no mention.
 */
export const mentionsIn = (text: string, members: readonly Named[]): Mentions => {
  const plain = text.normalize('NFC').replace(code, (part) => ' '.repeat(part.length))
  const known = [...members].sort((a, b) => b.name.length - a.name.length)
  const memberIds = new Set<string>()
  const strangers = new Set<string>()
  for (const match of plain.matchAll(/(?<![A-Za-z0-9_.+/@-])@(\[[^\][\n]{1,200}\]|[\p{L}\p{N}_])/gu)) {
    const rest = plain.slice(match.index + 1)
    const bracketed = /^\[([^\][\n]{1,200})\]/.exec(rest)?.[1]?.trim()
    const found =
      bracketed === undefined
        ? known.find(({ name }) => begins(rest, name))
        : known.find(({ name }) => same(bracketed, name))
    if (found) memberIds.add(found.id)
    else strangers.add(bracketed ?? /^[\p{L}\p{N}_.-]{1,60}/u.exec(rest)![0].replace(/[.-]+$/, ''))
  }
  return { memberIds: [...memberIds], strangers: [...strangers] }
}

const folded = (text: string) => text.normalize('NFC').toLocaleLowerCase('und')

const same = (a: string, b: string) => folded(a) === folded(b.trim())

/** A Latin name ends where its word ends; Chinese is written without spaces. */
const begins = (text: string, name: string): boolean => {
  const wanted = name.normalize('NFC').trim()
  if (wanted === '' || !same(text.slice(0, wanted.length), wanted)) return false
  const [last, next] = [wanted.at(-1)!, text.slice(wanted.length, wanted.length + 1)]
  return !(/[\p{Script=Latin}\p{N}_]/u.test(last) && /[\p{Script=Latin}\p{N}_]/u.test(next))
}
