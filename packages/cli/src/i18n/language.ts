/** @file The language of the terminal: the option, else the locale, else English. */
import type { Language } from '@capstan/api'
import { CapstanError } from '@capstan/api'

/** `--lang` first, then LC_ALL, LC_MESSAGES, LANG in POSIX order; every Chinese locale reads 简体中文. */
export function languageOf(argv: readonly string[], env: Record<string, string | undefined>): Language {
  const named = optionOf(argv, '--lang')
  if (named !== undefined) return parseLanguage(named)
  const locale = [env.LC_ALL, env.LC_MESSAGES, env.LANG].find((value) => value) ?? ''
  return /^zh([-_.@]|$)/i.test(locale) ? 'zh-CN' : 'en'
}

export function parseLanguage(value: string): Language {
  if (/^zh([-_](cn|hans.*))?$/i.test(value)) return 'zh-CN'
  if (/^en([-_].*)?$/i.test(value)) return 'en'
  throw new CapstanError('cli/usage', { detail: `--lang ${value}: en, zh-CN` })
}

/** The value of an option before the command line is parsed in earnest. */
export function optionOf(argv: readonly string[], name: string): string | undefined {
  const at = argv.findIndex((word) => word === name || word.startsWith(`${name}=`))
  if (at < 0) return undefined
  return argv[at] === name ? argv[at + 1] : argv[at]!.slice(name.length + 1)
}
