/** @file Words and options of the commands around what runs logged: comparing, curves, files, editing, experiments. */
import { type Command, Option } from 'commander'
import { gather, type Tools } from './program-runs.ts'

type Options = Record<string, never>
type Given<T = object> = T & { workspace: string }

/** @param runs the command that theirs are parts of */
export function addTrackingCommands(tools: Tools, runs: Command): void {
  const { context, program, onWorkspace, prepare, whole, positive, withWorkspace, finish } = tools
  const { say } = context
  const sub = (of: Command, name: string, description: string) =>
    onWorkspace(prepare(of.command(name).description(description)))
  const repeated = (words: string, help: string) => new Option(words, help).argParser(gather)

  sub(runs, 'compare', say('help.runsCompare'))
    .argument('<run>', say('help.runArgument'))
    .argument('<runs...>', say('help.comparedRuns'))
    .option('--all', say('help.compareAll'))
    .option('--json', say('help.json'))
    .action(async (first: string, more: string[], options: Options) => {
      const { compareRuns } = await import('./commands/runs-compare.ts')
      finish(await compareRuns(context, [first, ...more], withWorkspace(options)))
    })
  sub(runs, 'curves', say('help.runsCurves'))
    .argument('<run>', say('help.runArgument'))
    .argument('[metrics...]', say('help.curveMetrics'))
    .addOption(
      new Option('--axis <axis>', say('help.axis')).choices(['step', 'time', 'wall']).default('step'),
    )
    .option('--points <n>', say('help.points'), whole('--points', 2, 10_000), 40)
    .option('--smoothing <weight>', say('help.smoothing'), positive('--smoothing'))
    .option('--json', say('help.json'))
    .action(async (reference: string, metrics: string[], options: Options) => {
      const given = withWorkspace<Given<{ axis: 'step'; points: number }>>(options)
      finish(await (await import('./commands/runs-curves.ts')).runsCurves(context, reference, metrics, given))
    })
  sub(runs, 'files', say('help.runsFiles'))
    .argument('<run>', say('help.runArgument'))
    .argument('[path]', say('help.filePath'), '')
    .option('--to <file>', say('help.to'))
    .option('--json', say('help.json'))
    .action(async (reference: string, path: string, options: Options) => {
      const { runsFiles } = await import('./commands/runs-files.ts')
      finish(await runsFiles(context, reference, path, withWorkspace(options)))
    })
  sub(runs, 'edit', say('help.runsEdit'))
    .argument('<run>', say('help.runArgument'))
    .option('--name <name>', say('help.newName'))
    .option('--note <text>', say('help.note'))
    .addOption(repeated('--tag <name=value>', say('help.tag')))
    .addOption(repeated('--untag <name>', say('help.untag')))
    .option('--delete', say('help.deleteIt'))
    .option('--restore', say('help.restoreIt'))
    .action(async (reference: string, options: Options) => {
      const given = { tag: [], untag: [], ...withWorkspace<Given>(options) }
      finish(await (await import('./commands/runs-edit.ts')).editRun(context, reference, given))
    })

  const experiments = prepare(program.command('experiments').description(say('help.experiments')))
  sub(experiments, 'list', say('help.experimentsList'))
    .option('--all', say('help.experimentsAll'))
    .option('--json', say('help.json'))
    .action(async (options: Options) => {
      const { listExperiments } = await import('./commands/experiments.ts')
      finish(await listExperiments(context, withWorkspace(options)))
    })
  sub(experiments, 'open', say('help.experimentsOpen'))
    .argument('<name>', say('help.experimentName'))
    .action(async (name: string, options: Options) => {
      const { openExperiment } = await import('./commands/experiments.ts')
      finish(await openExperiment(context, name, withWorkspace(options)))
    })
  sub(experiments, 'edit', say('help.experimentsEdit'))
    .argument('<experiment>', say('help.experimentName'))
    .option('--name <name>', say('help.newName'))
    .option('--delete', say('help.deleteIt'))
    .option('--restore', say('help.restoreIt'))
    .action(async (reference: string, options: Options) => {
      const { editExperiment } = await import('./commands/experiments.ts')
      finish(await editExperiment(context, reference, withWorkspace(options)))
    })
}
