/** @file Picks parameters by their names. */

/** A name in which `*` stands for any run of characters, such as `*.bias`, or a regular expression. */
export type Pattern = string | RegExp

/** Whether one of the patterns fits the whole name (a regular expression: any part of it). */
export const matches = (name: string, patterns: Pattern | readonly Pattern[]): boolean =>
  [patterns].flat().some((p: Pattern) => (typeof p === 'string' ? glob(p) : stateless(p)).test(name))

const glob = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'))
      .join('.*')}$`,
  )

// The flags g and y make `test` go on from where it stopped.
const stateless = (p: RegExp): RegExp => new RegExp(p.source, p.flags.replace(/[gy]/g, ''))

/** For a checkpoint's description. */
export const showPatterns = (patterns: Pattern | readonly Pattern[]): string[] =>
  [patterns].flat().map(String)
