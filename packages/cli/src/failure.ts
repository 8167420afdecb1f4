/** @file Turns whatever went wrong into one sentence with the next step, with the exit status. */
import { ApiError, CapstanError, errorCatalogue, type Language } from '@capstan/api'
import { CommanderError } from 'commander'
import { sayIn } from './i18n/say.ts'

export interface Failure {
  text: string
  exit: number
}

export function failureOf(error: unknown, language: Language, log?: string): Failure {
  if (error instanceof CommanderError) return usage(error, language)
  if (error instanceof CapstanError) return { text: said(error.body(language)), exit: error.entry.exit }
  if (error instanceof ApiError) {
    const entry = errorCatalogue[error.body.code as keyof typeof errorCatalogue]
    return { text: said(error.body), exit: entry?.exit ?? 70 }
  }
  if (isDiskFull(error)) return failureOf(new CapstanError('workspace/disk-full'), language)
  const detail = error instanceof Error ? error.message : String(error)
  const say = sayIn(language)
  return {
    text: `internal: ${detail}\n${log === undefined ? say('failure.report') : say('failure.log', { log })}`,
    exit: 70,
  }
}

const said = ({ message, hint }: { message: string; hint: string }) =>
  hint === '' ? message : `${message}\n${hint}`

function usage(error: CommanderError, language: Language): Failure {
  // commander names the offender between quotation marks
  const named = /'([^']*)'/.exec(error.message)?.[1] ?? ''
  const say = sayIn(language)
  const sentences: Record<string, string> = {
    'commander.unknownOption': say('usage.unknownOption', { option: named }),
    'commander.unknownCommand': say('usage.unknownCommand', { command: named }),
    'commander.missingArgument': say('usage.missingArgument', { argument: named }),
    'commander.optionMissingArgument': say('usage.missingValue', { option: named }),
    'commander.missingMandatoryOptionValue': say('usage.missingOption', { option: named }),
    'commander.excessArguments': say('usage.excessArguments'),
  }
  const detail = sentences[error.code] ?? error.message.replace(/^error: /, '')
  return failureOf(new CapstanError('cli/usage', { detail }), language)
}

const isDiskFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
