/** @file Commands: what runs of one kind have in common, how they end, what they will take. */
import { quantile } from '../chance/quantiles.ts'
import { type Message, message } from '../messages/message.ts'

/**
 * What tells runs of one program apart, without folders, options and values: `python train.py` of
 * `python3/bin/python -u train.py --lr 0.01`, and the whole text of a command that is given inline (`sh -c …`).
 */
export const commandKey = (command: readonly string[] | null): string => {
  if (command === null || command.length === 0) return ''
  const program = baseName(command[0]!)
  for (let i = 1; i < command.length; i++) {
    const word = command[i]!
    if (/^-\w*[ce]$|^--eval$/.test(word)) return `${program} ${command[i + 1] ?? ''}`.slice(0, 200)
    if (word.startsWith('-') || word.includes('=') || /^[\d.]+$/.test(word)) continue
    return `${program} ${baseName(word)}`.slice(0, 200)
  }
  return program.slice(0, 200)
}

const baseName = (word: string): string => word.split('/').at(-1) || word

/**
 * Seconds that a budget should hold for a run, from what earlier ones of its kind took: their upper quintile,
 * so that one in five may take longer. null without any.
 */
export const estimateFromEarlier = (seconds: readonly number[]): number | null =>
  seconds.length === 0
    ? null
    : quantile(
        [...seconds].sort((a, b) => a - b),
        0.8,
      )

export type CommandEnding =
  | { kind: 'exited'; code: number }
  | { kind: 'signalled'; signal: string }
  | { kind: 'not-found' | 'not-executable' | 'no-folder' | 'no-code' | 'out-of-time' | 'over-amount' }
  | { kind: 'out-of-memory' }

/** As a shell and `timeout` count them: 127 not found, 126 not executable, 124 out of time, 128 + a signal. */
export const exitCodeOf = (ending: CommandEnding): number => {
  switch (ending.kind) {
    case 'exited':
      return ending.code
    case 'signalled':
      return 128 + (signalNumbers[ending.signal] ?? 0)
    case 'not-found':
      return 127
    case 'not-executable':
    case 'no-folder':
    case 'no-code':
      return 126
    case 'out-of-time':
      return 124
    case 'out-of-memory':
      return 137
    case 'over-amount':
      return 143
  }
}

/** On Linux and macOS alike. */
const signalNumbers: Record<string, number> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
}

/** Only what another try may mend is tried again. */
export const mayRetry = ({ kind }: CommandEnding): boolean => kind === 'exited' || kind === 'signalled'

export const endingMessage = (
  ending: CommandEnding,
  facts: { program: string; detail: string; limit: number; memory: number },
): Message | null => {
  const { program, detail, limit, memory } = facts
  switch (ending.kind) {
    case 'exited':
      return ending.code === 0 ? null : message('command.exited', { program, code: ending.code })
    case 'signalled':
      return message('command.signalled', { program, signal: ending.signal })
    case 'not-found':
      return message('command.notFound', { program })
    case 'not-executable':
      return message('command.notExecutable', { program, detail })
    case 'no-folder':
      return message('command.noFolder', { detail })
    case 'no-code':
      return message('command.noCode', { detail })
    case 'out-of-time':
      return message('command.outOfTime', { program, seconds: limit })
    case 'out-of-memory':
      return message('command.outOfMemory', { program, memory: memory / 2 ** 20, limit: limit / 2 ** 20 })
    case 'over-amount':
      return message('command.overAmount', { program, limit })
  }
}
