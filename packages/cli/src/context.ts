/** @file What every command is given: language, texts, terminal, environment and the signal to stop. */
import type { Language, Message } from '@capstan/api'
import { type MessageCode, render } from '@capstan/domain'
import type { Say } from './i18n/say.ts'
import type { Screen } from './terminal/screen.ts'

export interface Context {
  language: Language
  say: Say
  screen: Screen
  env: Record<string, string | undefined>
  cwd: string
  /** Aborts at the first Ctrl-C. */
  signal: AbortSignal
}

/** The sentence of a message that came over HTTP; a code this version does not know stays visible. */
export function sentence(message: Message, language: Language, currency?: string): string {
  try {
    return render(
      { code: message.code as MessageCode, values: message.values },
      language,
      currency === undefined ? {} : { currency },
    )
  } catch {
    // the engine and other libraries word their own errors
    const { message: worded } = message.values
    return typeof worded === 'string' ? worded : message.code
  }
}
