/** @file First turn, summary: where it ended, what waits for a person, and a request to try. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Review } from '@capstan/api'
import { waitingLine } from '../commands/status.ts'
import { inferBody, inputOf } from '../inference/infer.ts'
import { modelName } from './plan.ts'
import type { Release } from './release.ts'
import type { Trained } from './run.ts'
import type { Turn } from './turn.ts'

export async function summary(
  turn: Turn,
  { run, evaluation }: Trained,
  { served }: Release,
  held: Review,
): Promise<void> {
  const { screen, say } = turn.context
  const { format } = turn
  const open = held.proposals.filter(({ state }) => state === 'open').length
  screen.heading(say('turn.summary'))
  screen.rows([
    [
      say('turn.model'),
      say('turn.modelLine', {
        name: run.name,
        accuracy: format.percent(evaluation.accuracy, 2),
        seconds: format.seconds(run.cost.wallSeconds),
        amount: format.money(run.cost.amount),
      }),
    ],
    ...(served
      ? [[say('turn.endpoint'), say('turn.p95', { p95: format.milliseconds(served.window.p95) })] as const]
      : []),
    [say('turn.plan'), say('turn.demonstration')],
  ])
  screen.line()
  if (open > 0)
    screen.paragraph(screen.paint('brass', waitingLine(turn.context, open, turn.connection.address)))
  else screen.paragraph(say('turn.page', { address: turn.connection.address }))
  if (served) await tryIt(turn, served)
}

/** Writes a request with a real test picture and prints the line that sends it. */
async function tryIt(turn: Turn, { pictures }: NonNullable<Release['served']>): Promise<void> {
  const { screen, say, cwd } = turn.context
  const index = 0
  const label = pictures.label(index)
  const folder = join(turn.folder, 'requests')
  await mkdir(folder, { recursive: true })
  const file = join(folder, `${modelName}-${index}.json`)
  const input = await inputOf(turn.connection, modelName)
  await writeFile(file, `${JSON.stringify(inferBody(input, pictures.pixels(index), pictures.shape))}\n`)
  screen.line()
  screen.paragraph(say('turn.try', { label }))
  screen.line(curlLine(turn.connection.address, shortest(cwd, file)))
}

/** Relative where it lies below, else whole. */
const shortest = (from: string, file: string): string => {
  const path = relative(from, file)
  return path.startsWith('..') ? file : path
}

/** Quoted where a shell would take a path apart. */
const curlLine = (address: string, file: string): string => {
  const plain = /^[\w@%+=:,./-]+$/.test(file)
  const quoted = plain ? `@${file}` : `'@${file.replaceAll("'", `'\\''`)}'`
  return `curl -s ${address}/v2/models/${modelName}/infer -H 'content-type: application/json' -d ${quoted}`
}
