/** @file The command line: reads the words, runs the command, turns what went wrong into a sentence. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CommanderError } from 'commander'
import type { Context } from './context.ts'
import { failureOf } from './failure.ts'
import { languageOf, optionOf } from './i18n/language.ts'
import { sayIn } from './i18n/say.ts'
import { interruptedExit, wasInterrupted, watchInterrupts } from './interrupt.ts'
import { createProgram } from './program.ts'
import { createScreen } from './terminal/screen.ts'

/** @returns the exit status; the caller sets it, so that output is flushed. */
export async function main(argv: readonly string[]): Promise<number> {
  // a reader that left (`capstan status | head`) is no error
  process.stdout.on('error', () => {})
  const { env } = process
  let language = languageOf([], env)
  let status = 0
  const screen = createScreen(process.stdout, env)
  const interruption = watchInterrupts(() => {
    screen.status('')
    screen.line()
    screen.line(sayIn(language)('stopping'))
  })
  try {
    language = languageOf(argv, env)
    const context: Context = {
      language,
      say: sayIn(language),
      screen,
      env,
      cwd: process.cwd(),
      signal: interruption.signal,
    }
    const program = createProgram(context, version(), (exit) => {
      status = exit
    })
    await program.parseAsync(argv, { from: 'user' })
    return status
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    if (wasInterrupted(error)) return interruptedExit
    const { text, exit } = failureOf(error, language, logOf(argv, env))
    screen.status('')
    process.stderr.write(`${text}\n`)
    if (env.CAPSTAN_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`)
    return exit
  } finally {
    interruption.dispose()
  }
}

const version = (): string =>
  (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string })
    .version

/** Where the server of the workspace that was meant writes its log. */
const logOf = (argv: readonly string[], env: NodeJS.ProcessEnv): string =>
  join(optionOf(argv, '--workspace') ?? (env.CAPSTAN_WORKSPACE || 'capstan-workspace'), 'capstan.log')
