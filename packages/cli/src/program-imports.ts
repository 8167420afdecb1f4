/** @file Words and options of `capstan import`. */
import type { Command } from 'commander'
import type { Tools } from './program-runs.ts'

type Options = Record<string, never>

/** @returns the command `import`, which more is added to */
export function addImportCommands({
  context,
  program,
  onWorkspace,
  prepare,
  withWorkspace,
  finish,
}: Tools): Command {
  const { say } = context
  const imports = prepare(program.command('import').description(say('help.import')))
  onWorkspace(prepare(imports.command('mlflow').description(say('help.importMlflow'))))
    .argument('<path>', say('help.importPath'))
    .option('--artifacts <dir>', say('help.importArtifacts'))
    .option('--json', say('help.json'))
    .action(async (path: string, options: Options) =>
      finish(
        await (await import('./commands/import.ts')).importMlflow(context, path, withWorkspace(options)),
      ),
    )
  onWorkspace(prepare(imports.command('tensorboard').description(say('help.importTensorboard'))))
    .argument('<dir>', say('help.importPath'))
    .option('--json', say('help.json'))
    .action(async (path: string, options: Options) =>
      finish(
        await (await import('./commands/import.ts')).importTensorboard(context, path, withWorkspace(options)),
      ),
    )
  return imports
}
