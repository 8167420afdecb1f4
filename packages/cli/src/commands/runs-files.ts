/** @file `capstan runs files`: lists the files of a run, shows one, downloads one. */
import { writeFile } from 'node:fs/promises'
import { type ArtifactPreview, CapstanError } from '@capstan/api'
import type { Context } from '../context.ts'
import { findRun } from '../runs/find.ts'
import { onServer, type Shared } from '../runs/on-server.ts'

export async function runsFiles(
  context: Context,
  reference: string,
  path: string,
  options: Shared & { to?: string },
): Promise<number> {
  return onServer(context, options, async ({ client }) => {
    const { screen, say } = context
    const { id } = await findRun(client, reference)
    const params = { id }
    if (options.to !== undefined) {
      const bytes = await client.artifacts.get({ params, query: { path } })
      await writeFile(options.to, bytes).catch((error: Error) => {
        const detail = say('usage.cannotWrite', { file: options.to!, why: error.message })
        throw new CapstanError('cli/usage', { detail })
      })
      return screen.line(say('runs.exported', { file: options.to, bytes: bytes.byteLength }))
    }
    const entries = await client.artifacts.list({ params, query: { path } })
    const [only] = entries
    if (entries.length === 1 && only!.path === path && !only!.folder) {
      const preview = await client.artifacts.preview({ params, query: { path } })
      return options.json ? screen.line(JSON.stringify(preview, null, 2)) : show(context, preview)
    }
    if (options.json) return screen.line(JSON.stringify(entries, null, 2))
    if (entries.length === 0) return screen.line(say('files.none'))
    const width = Math.max(...entries.map(({ bytes }) => String(bytes).length))
    screen.table(
      entries.map((entry) => [
        String(entry.bytes).padStart(width),
        entry.folder ? `${entry.path}/` : entry.path,
      ]),
    )
  })
}

function show({ screen, say }: Context, preview: ArtifactPreview): void {
  switch (preview.kind) {
    case 'text':
    case 'json':
      screen.line(preview.text.replace(/\n$/, ''))
      break
    case 'table':
      screen.table([preview.columns, ...preview.rows])
      break
    case 'onnx':
      screen.table(
        [...preview.inputs, ...preview.outputs].map(({ name, type, shape }) => [
          name,
          `${type}[${shape.map((size) => size ?? '?').join(', ')}]`,
        ]),
      )
      screen.line(say('files.model', { nodes: preview.nodes, parameters: preview.parameters }))
      break
    case 'unreadable':
      screen.line(`${preview.reason} ${preview.hint}`)
      break
    default:
      screen.line(say('files.opaque', { bytes: preview.bytes }))
  }
  if ('cut' in preview && preview.cut) screen.line(say('files.cut', { bytes: preview.bytes }))
}
