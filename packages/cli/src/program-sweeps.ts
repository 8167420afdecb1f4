/** @file Words and options of `capstan sweep`. */
import { addCommandOptions, noneGathered, type Tools } from './program-runs.ts'

type Options = Record<string, never>

export function addSweepCommands(tools: Tools): void {
  const { context, program, onWorkspace, prepare, withWorkspace, finish } = tools
  const { say } = context
  const sweep = prepare(program.command('sweep').description(say('help.sweep')))
  const sub = (name: string, description: string, isDefault = false) =>
    onWorkspace(prepare(sweep.command(name, { isDefault }).description(description)))
  const start = sub('start', say('help.sweepStart', { lr: '{lr}' }), true)
    .argument('[command...]', say('help.runCommand'))
    .passThroughOptions()
    .requiredOption('--file <file>', say('help.sweepFile'))
    .option('--name <name>', say('help.sweepName'))
  addCommandOptions(tools, start)
    .option('-d, --detach', say('help.detach'))
    .action(async (words: string[], options: Options) => {
      const given = { ...noneGathered, ...withWorkspace<{ file: string; code: boolean }>(options) }
      finish(await (await import('./commands/sweep.ts')).sweepStart(context, words, given))
    })
  sub('list', say('help.sweepList'))
    .option('--json', say('help.json'))
    .action(async (options: Options) =>
      finish(await (await import('./commands/sweep.ts')).sweepList(context, withWorkspace(options))),
    )
  sub('show', say('help.sweepShow'))
    .argument('<sweep>', say('help.sweepArgument'))
    .option('--json', say('help.json'))
    .action(async (reference: string, options: Options) =>
      finish(
        await (await import('./commands/sweep.ts')).sweepShow(context, reference, withWorkspace(options)),
      ),
    )
  sub('stop', say('help.sweepStop'))
    .argument('<sweep>', say('help.sweepArgument'))
    .action(async (reference: string, options: Options) =>
      finish(
        await (await import('./commands/sweep.ts')).sweepStop(context, reference, withWorkspace(options)),
      ),
    )
}
