/** @file `capstan evaluate`: evaluates a finished training run on its test split. */
import { CapstanError, type Run } from '@capstan/api'
import { accuracyLine } from '@capstan/domain'
import { connect } from '../connection.ts'
import type { Context } from '../context.ts'
import { evaluationOf } from '../runs/evaluate.ts'
import { formatIn } from '../terminal/format.ts'

export async function evaluate(
  context: Context,
  reference: string,
  options: { workspace: string; json?: boolean },
): Promise<number> {
  const { screen, say, language } = context
  const connection = await connect(context, options.workspace, { workers: 1, mustExist: true })
  try {
    const run = findRun(await connection.client.runs.list(), reference)
    const evaluation = await evaluationOf(context, connection, run)
    if (options.json) {
      screen.line(JSON.stringify(evaluation, null, 2))
      return 0
    }
    const format = formatIn(language, 'CNY')
    screen.line(accuracyLine(evaluation.accuracy))
    screen.rows([
      [
        say('turn.accuracy'),
        say('turn.accuracyInterval', {
          correct: format.number(evaluation.correct),
          samples: format.number(evaluation.samples),
          low: format.percent(evaluation.interval[0], 2),
          high: format.percent(evaluation.interval[1], 2),
        }),
      ],
      [say('evaluate.loss'), format.number(evaluation.loss, 4)],
      [say('turn.calibration'), format.percent(evaluation.calibration.error, 2)],
      ...evaluation.mostConfused.slice(0, 3).map(({ actual, predicted, count }): [string, string] => [
        say('turn.confused'),
        say('turn.confusion', {
          actual: evaluation.classes[actual] ?? actual,
          predicted: evaluation.classes[predicted] ?? predicted,
          count,
        }),
      ]),
    ])
    return 0
  } finally {
    await connection.close()
  }
}

/** By number or identifier; an evaluation's own run stands for the run it belongs to. */
function findRun(runs: readonly Run[], reference: string): Run {
  const named = runs.find(
    ({ id, number }) => id === reference || String(number) === reference.replace(/^#/, ''),
  )
  const found = named?.parentRunId ? runs.find(({ id }) => id === named.parentRunId) : named
  if (found === undefined) throw new CapstanError('request/not-found', { noun: 'run', id: reference })
  return found
}
