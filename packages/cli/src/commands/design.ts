/** @file `capstan design check`: traces a design and checks every shape, keeping nothing. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DesignSource, DesignSummary } from '@capstan/api'
import { runningServer } from '@capstan/server'
import { connect } from '../connection.ts'
import type { Context } from '../context.ts'
import { readDesign } from './train.ts'

export async function designCheck(
  context: Context,
  file: string,
  options: { workspace: string; json?: boolean },
): Promise<number> {
  const source = await readDesign(file)
  const summary = await check(context, source, options.workspace)
  const { screen, say, language } = context
  if (options.json) {
    screen.line(JSON.stringify(summary, null, 2))
    return 0
  }
  screen.table(
    summary.layers.map((layer) => [
      layer.name,
      layer.kind,
      `[${layer.inputShape.join(', ')}] → [${layer.outputShape.join(', ')}]`,
      layer.parameters.toLocaleString(language),
    ]),
  )
  screen.line()
  screen.rows([
    [say('design.parameters'), summary.parameters.toLocaleString(language)],
    [say('design.flops'), summary.flops.toLocaleString(language)],
    [
      say('design.memory'),
      say('design.memoryLine', {
        activations: summary.activationBytes.toLocaleString(language),
        optimiser: summary.optimiserBytes.toLocaleString(language),
      }),
    ],
  ])
  return 0
}

/** By the workspace's server when one is running, else by one on a folder that is thrown away. */
async function check(context: Context, source: DesignSource, workspace: string): Promise<DesignSummary> {
  const temporary = (await runningServer(workspace)) ? null : await mkdtemp(join(tmpdir(), 'capstan-check-'))
  try {
    const connection = await connect(context, temporary ?? workspace, { workers: 0 })
    try {
      return await connection.client.designs.check({ body: source })
    } finally {
      await connection.close()
    }
  } finally {
    if (temporary) await rm(temporary, { recursive: true, force: true })
  }
}
