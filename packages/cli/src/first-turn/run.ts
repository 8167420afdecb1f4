/** @file First turn, run: trains the chosen design, or follows the run that a stop cut off, and evaluates it. */
import type { DatasetVersion, Evaluation, Run } from '@capstan/api'
import { accuracyLine } from '@capstan/domain'
import { evaluationOf } from '../runs/evaluate.ts'
import { ended, followRun } from '../runs/follow.ts'
import { stepsLost } from '../runs/progress.ts'
import { requireFinished, trainingReport } from '../runs/report.ts'
import type { Designs } from './design.ts'
import { mainDesign } from './plan.ts'
import type { Resources } from './resources.ts'
import type { Team } from './team.ts'
import { clientOf, completeTask, startTask, type Turn } from './turn.ts'

export interface Trained {
  run: Run
  evaluation: Evaluation
}

export async function run(
  turn: Turn,
  designs: Designs,
  { main, pools }: Resources,
  { tasks, members }: Team,
  version: DatasetVersion,
): Promise<Trained> {
  const { context, connection, format } = turn
  const { screen, say } = context
  screen.heading(say('turn.run'))
  await startTask(turn, tasks.train)
  const begun = await cutOff()
  if (begun && turn.resumed) screen.paragraph(lost(begun))
  const queued = begun ?? (await queue())
  const report = trainingReport(context, begun ? begun.attempt + 1 : 1)
  const finished = await followRun(connection, queued.id, {
    signal: context.signal,
    onUpdate: report.update,
    onAbsence: report.absence,
  })
  screen.status('')
  requireFinished(finished, context)
  await completeTask(turn, tasks.train, [{ noun: 'run', id: finished.id }])
  await startTask(turn, tasks.evaluate)
  const evaluation = await evaluationOf(context, connection, finished)
  await completeTask(turn, tasks.evaluate, [{ noun: 'evaluation', id: evaluation.id }])
  screen.line(accuracyLine(evaluation.accuracy))
  await account()
  return { run: finished, evaluation }

  /** The turn's own run, unless it failed: then another takes its place. */
  async function cutOff(): Promise<Run | undefined> {
    const runs = await clientOf(turn).runs.list()
    return runs.find(
      (known) =>
        known.kind === 'train' &&
        known.initiativeId === main.id &&
        (!ended(known) || known.state === 'finished'),
    )
  }

  function queue(): Promise<Run> {
    return connection.as(members.engineer.id).runs.create({
      body: {
        name: turn.plan.text.run,
        initiativeId: main.id,
        designId: designs[mainDesign]!.id,
        datasetVersionId: version.id,
        parameters: { epochs: turn.epochs, batchSize: 64, learningRate: 0.001, optimizer: 'adam', seed: 1 },
      },
    })
  }

  function lost(cut: Run): string {
    if (cut.state === 'finished') return say('turn.nothingLost')
    const steps = stepsLost(cut)
    const lostSteps = format.number(steps)
    if (cut.checkpoint && steps === 0)
      return say('turn.lostNothing', { epoch: cut.checkpoint.epoch, epochs: cut.parameters!.epochs })
    return cut.checkpoint
      ? say('turn.lostSteps', {
          epoch: cut.checkpoint.epoch,
          epochs: cut.parameters!.epochs,
          lost: lostSteps,
        })
      : say('turn.lostAll', { lost: lostSteps })
  }

  async function account(): Promise<void> {
    const budget = (await clientOf(turn).resources.budgets()).find(
      ({ initiativeId, poolId }) => initiativeId === main.id && poolId === pools.compute.id,
    )
    const confused = evaluation.mostConfused[0]
    screen.line()
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
      ...(confused
        ? [
            [
              say('turn.confused'),
              say('turn.confusion', {
                actual: evaluation.classes[confused.actual] ?? confused.actual,
                predicted: evaluation.classes[confused.predicted] ?? confused.predicted,
                count: confused.count,
              }),
            ] as const,
          ]
        : []),
      [say('turn.calibration'), format.percent(evaluation.calibration.error, 2)],
      [
        say('turn.cost'),
        say('turn.charged', {
          seconds: format.seconds(finished.cost.wallSeconds),
          memory: format.bytes(finished.cost.peakMemoryBytes),
          amount: format.money(finished.cost.amount),
          burn: budget ? format.percent(budget.burn, 1) : '-',
          initiative: main.name,
        }),
      ],
    ])
  }
}
