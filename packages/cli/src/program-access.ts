/** @file Words and options of the commands around members, access, the audit log and the workspace as a document. */
import type { Command } from 'commander'
import type { Tools } from './program-runs.ts'

type Options = Record<string, never>

/** @param imports the command `import`, which also reads whole workspaces */
export function addAccessCommands(tools: Tools, imports: Command): void {
  const { context, command, onWorkspace, withWorkspace, finish } = tools
  const { say } = context
  const transfer = () => import('./commands/transfer.ts')

  command('export', say('help.export'))
    .argument('[file]', say('help.exportFile'))
    .option('--csv <dir>', say('help.exportCsv'))
    .option('--files', say('help.exportFiles'))
    .option('--no-points', say('help.exportNoPoints'))
    .action(async (file: string | undefined, options: Options) =>
      finish(await (await transfer()).exportWorkspace(context, file, withWorkspace(options))),
    )

  onWorkspace(imports)
    .argument('<file>', say('help.importFile'))
    .option('--check', say('help.importCheck'))
    .option('--json', say('help.json'))
    .action(async (file: string, options: Options) =>
      finish(await (await transfer()).importWorkspace(context, file, withWorkspace(options))),
    )
}
