/** @file Prints a training run as it goes: a line per epoch and one live line of progress. */
import { CapstanError, type Run } from '@capstan/api'
import { epochLine } from '@capstan/domain'
import { type Context, sentence } from '../context.ts'
import { bar } from '../terminal/bar.ts'
import { shareDone } from './progress.ts'

export interface TrainingReport {
  update(run: Run): void
  absence(absent: boolean): void
}

/** @param known the attempt that the reader has been told of already */
export function trainingReport({ screen, say, language }: Context, known = 1): TrainingReport {
  let printed = 0
  let attempt = known
  return {
    update(run) {
      if (run.attempt > attempt) screen.paragraph(resumption(run))
      attempt = Math.max(attempt, run.attempt)
      for (; printed < run.epochLosses.length; printed++)
        screen.line(epochLine(printed + 1, run.parameters?.epochs ?? printed, run.epochLosses[printed]!))
      screen.status(run.state === 'running' || run.state === 'queued' ? live(run) : '')
    },
    absence: (absent) => screen.line(screen.paint('warn', say(absent ? 'run.serverAway' : 'run.serverBack'))),
  }

  function live(run: Run): string {
    const { progress } = run
    if (run.state === 'queued') return say('run.queued')
    if (!progress || progress.steps === 0) return say('run.preparing')
    return say('run.live', {
      epoch: progress.epoch,
      epochs: progress.epochs,
      bar: screen.paint('brass', bar(shareDone(run), 28)),
      share: `${Math.floor(shareDone(run) * 100)}%`,
      rate: Math.round(progress.samplesPerSecond).toLocaleString(language),
      left: Math.ceil(progress.secondsLeft),
    })
  }

  function resumption(run: Run): string {
    return run.checkpoint
      ? say('run.resumed', { attempt: run.attempt, epoch: run.checkpoint.epoch })
      : say('run.restarted', { attempt: run.attempt })
  }
}

/** @throws {CapstanError} `run/failed` unless the run came to its good end. */
export function requireFinished(run: Run, { language, say }: Context): void {
  if (run.state === 'finished') return
  const detail = run.error
    ? sentence(run.error, language).replace(/[.。]$/, '')
    : say(run.state === 'cancelled' ? 'run.cancelled' : 'run.lost')
  throw new CapstanError('run/failed', { run: String(run.number), detail })
}
