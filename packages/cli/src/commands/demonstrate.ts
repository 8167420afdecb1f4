/** @file `capstan demonstrate`: an invented start-up as a workspace, in which the tools have something to say. */
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Bytes } from '@capstan/api'
import { connect } from '../connection.ts'
import type { Context } from '../context.ts'
import { documentOf, play } from '../demonstrations/play.ts'
import { type Demonstration, registerRisks } from '../demonstrations/risks.ts'

export interface DemonstrateOptions {
  workspace: string
  /** Write the plan as a document in place of making a workspace of it. */
  write?: string
}

export async function demonstrate(
  context: Context,
  of: Demonstration,
  { workspace, write }: DemonstrateOptions,
): Promise<number> {
  const { screen, say, language, cwd } = context
  const text = JSON.stringify(documentOf(of, language, new Date()), null, 1)
  if (write !== undefined) {
    const file = resolve(cwd, write)
    await writeFile(file, `${text}\n`)
    screen.line(say('demo.written', { file }))
    return 0
  }
  const connection = await connect(context, workspace, { workers: 0 })
  try {
    const { client } = connection
    await client.workspace.import({ query: { check: false }, body: Buffer.from(text) as unknown as Bytes })
    await registerRisks(client, of, language)
    screen.paragraph(say(`demo.story.${of}`))
    await play(context, client, of)
    screen.line(screen.paint('dim', say('demo.invented')))
    screen.line(say('demo.next', { folder: workspace }))
    return 0
  } finally {
    await connection.close()
  }
}
