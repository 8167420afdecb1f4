/** @file First turn, strategy: the cycle, its objective, and two key results bound to measures without points. */
import type { Cycle, Dataset, KeyResultView, Measure } from '@capstan/api'
import { sentence } from '../context.ts'
import { accuracyTarget, latencyTargetMs, modelName, periods } from './plan.ts'
import { clientOf, ensure, type Turn } from './turn.ts'

export interface Strategy {
  cycle: Cycle
  accuracy: Measure
  latency: Measure
  margin: Measure
  keyResults: KeyResultView[]
}

export async function strategy(turn: Turn, data: Dataset): Promise<Strategy> {
  const client = clientOf(turn)
  const { text } = turn.plan
  const cycle = await ensure(client.cycles.list(), ({ number }) => number === 1, createCycle)
  const accuracy = await measure('accuracy', text.measures.accuracy, '1', 'up', 'proportion', {
    source: 'evaluation',
    statistic: 'accuracy',
    datasetId: data.id,
  })
  const latency = await measure('latency-p95', text.measures.latency, 'ms', 'down', 'log', {
    source: 'endpoint',
    statistic: 'p95',
    endpointName: modelName,
  })
  const margin = await measure('accuracy-margin', text.measures.margin, '1', 'up', 'linear', {
    source: 'margin',
    measureId: accuracy.id,
    limit: accuracyTarget,
  })
  const objective = await ensure(
    client.strategy.objectives(),
    ({ cycleId }) => cycleId === cycle.id,
    () =>
      client.strategy.createObjective({
        body: { cycleId: cycle.id, title: text.objective, origin: 'demonstration' },
      }),
  )
  const keyResults = [
    await keyResult(text.keyResults.accuracy, accuracy, accuracyTarget),
    await keyResult(text.keyResults.latency, latency, latencyTargetMs),
  ]
  report()
  return { cycle, accuracy, latency, margin, keyResults }

  function createCycle(): Promise<Cycle> {
    const start = new Date(turn.workspace.createdAt)
    const end = new Date(start.getTime() + periods * 7 * 86_400_000)
    return client.cycles.create({
      body: { name: text.cycle, start: start.toISOString(), end: end.toISOString() },
    })
  }

  function measure(
    key: string,
    name: string,
    unit: string,
    direction: Measure['direction'],
    scale: Measure['scale'],
    query: Measure['query'],
  ): Promise<Measure> {
    return ensure(
      client.measures.list(),
      (known) => known.key === key,
      () => client.measures.create({ body: { key, name, unit, direction, scale, query } }),
    )
  }

  function keyResult(title: string, bound: Measure, target: number): Promise<KeyResultView> {
    return ensure(
      client.strategy.keyResults({ query: { cycleId: cycle.id } }),
      ({ measureId }) => measureId === bound.id,
      () =>
        client.strategy.createKeyResult({
          body: {
            objectiveId: objective.id,
            title,
            measureId: bound.id,
            target,
            due: cycle.end,
            origin: 'demonstration',
          },
        }),
    )
  }

  function report(): void {
    const { screen, say, language } = turn.context
    screen.heading(say('turn.strategy'))
    screen.rows([
      [say('turn.objective'), objective.title],
      ...keyResults.map((result): [string, string] => [
        say('turn.keyResult'),
        `${result.title} · ${screen.paint('dim', sentence(result.forecast.message, language, turn.workspace.currency))}`,
      ]),
    ])
  }
}
