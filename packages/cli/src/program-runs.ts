/** @file Words and options of the commands around runs: run, runs, rerun, workers. */
import { CapstanError, RunState } from '@capstan/api'
import { type Command, Option } from 'commander'
import type { Context } from './context.ts'

type Options = Record<string, never>

/** What the program gives to make its commands with. */
export interface Tools {
  context: Context
  program: Command
  command(name: string, description: string): Command
  onWorkspace(made: Command): Command
  prepare(made: Command): Command
  whole(name: string, least: number, most?: number): (value: string) => number
  positive(name: string): (value: string) => number
  withWorkspace<T>(options: Options): T & { workspace: string }
  finish(exit: number): void
}

export const gather = (value: string, before: string[] = []): string[] => [...before, value]

/** Of options that may be given several times. */
export const noneGathered = { param: [], tag: [], data: [], env: [] }

/** What any command is queued with, alone or as a trial of a sweep. */
export function addCommandOptions({ context, whole, positive }: Tools, made: Command): Command {
  const { say } = context
  return made
    .option('--initiative <name>', say('help.initiative'))
    .option('--experiment <name>', say('help.experiment'))
    .addOption(new Option('--param <name=value>', say('help.param')).argParser(gather))
    .addOption(new Option('--tag <name=value>', say('help.tag')).argParser(gather))
    .addOption(new Option('--data <name>', say('help.dataVersion')).argParser(gather))
    .addOption(new Option('--env <name>', say('help.envVariable')).argParser(gather))
    .option('--timeout <time>', say('help.timeout'), secondsOf(context, '--timeout'))
    .option('--memory <size>', say('help.memory'), sizeOf(context, '--memory'))
    .option('--cores <n>', say('help.cores'), whole('--cores', 1, 4096))
    .option('--gpus <n>', say('help.gpus'), whole('--gpus', 0, 64))
    .option('--retries <n>', say('help.retries'), whole('--retries', 0, 100))
    .option('--priority <n>', say('help.priority'), signed(context, '--priority'))
    .option('--max-cost <amount>', say('help.maxCost'), positive('--max-cost'))
    .option('--grace <seconds>', say('help.grace'), whole('--grace', 0, 3600))
    .option('--ask-approval <member>', say('help.askApproval'))
    .option('--folder <dir>', say('help.folder'))
    .option('--no-code', say('help.noCode'))
}

/** @returns the command `runs`, which more commands are parts of */
export function addRunCommands(tools: Tools): Command {
  const { context, program, command, onWorkspace, prepare, whole, positive, withWorkspace, finish } = tools
  const { say } = context

  const run = command('run', say('help.run'))
    .argument('[command...]', say('help.runCommand'))
    .passThroughOptions()
    .option('--name <name>', say('help.runName'))
    .option('--parent <run>', say('help.parentRun'))
    .option('--resume <run>', say('help.resume'))
  addCommandOptions(tools, run)
    .option('-d, --detach', say('help.detach'))
    .action(async (words: string[], options: Options) => {
      const given = { ...noneGathered, ...withWorkspace<{ code: boolean }>(options) }
      finish(await (await import('./commands/run.ts')).run(context, words, given))
    })

  const runs = prepare(program.command('runs').description(say('help.runs')))
  const sub = (name: string, description: string) =>
    onWorkspace(prepare(runs.command(name).description(description)))
  sub('list', say('help.runsList'))
    .addOption(new Option('--state <state>', say('help.runState')).choices(RunState.options))
    .option('--limit <n>', say('help.limit'), whole('--limit', 1, 1000), 20)
    .option('--json', say('help.json'))
    .action(async (options: Options) =>
      finish(await (await import('./commands/runs.ts')).runsList(context, withWorkspace(options))),
    )
  sub('search', say('help.runsSearch'))
    .argument('[expression]', say('help.expression'))
    .addOption(new Option('--order <field>', say('help.order')).argParser(gather))
    .option('--experiment <name>', say('help.inExperiment'))
    .option('--limit <n>', say('help.limit'), whole('--limit', 1, 10_000), 20)
    .option('--json', say('help.json'))
    .action(async (expression: string | undefined, options: Options) => {
      const given = { order: [], ...withWorkspace<{ limit: number }>(options) }
      finish(await (await import('./commands/search.ts')).searchRuns(context, expression ?? '', given))
    })
  sub('export', say('help.runsExport'))
    .argument('<file>', say('help.exportFile'))
    .option('--filter <expression>', say('help.expression'))
    .addOption(new Option('--order <field>', say('help.order')).argParser(gather))
    .option('--experiment <name>', say('help.inExperiment'))
    .action(async (file: string, options: Options) => {
      const given = { order: [], ...withWorkspace<object>(options) }
      finish(await (await import('./commands/search.ts')).exportRuns(context, file, given))
    })
  sub('show', say('help.runsShow'))
    .argument('<run>', say('help.runArgument'))
    .option('--all', say('help.showAll'))
    .option('--diff', say('help.showDiff'))
    .option('--json', say('help.json'))
    .action(async (reference: string, options: Options) => {
      const { runsShow } = await import('./commands/runs-show.ts')
      finish(await runsShow(context, reference, withWorkspace(options)))
    })
  sub('logs', say('help.runsLogs'))
    .argument('<run>', say('help.runArgument'))
    .option('-f, --follow', say('help.follow'))
    .option('-n, --tail <lines>', say('help.tail'), whole('--tail', 0, 1_000_000))
    .action(async (reference: string, options: Options) =>
      finish(await (await import('./commands/runs.ts')).runsLogs(context, reference, withWorkspace(options))),
    )
  sub('cancel', say('help.runsCancel'))
    .argument('<run>', say('help.runArgument'))
    .action(async (reference: string, options: Options) =>
      finish(
        await (await import('./commands/runs.ts')).runsCancel(context, reference, withWorkspace(options)),
      ),
    )

  sub('sync', say('help.sync'))
    .option('--spool <dir>', say('help.spool'))
    .option('--all', say('help.syncAll'))
    .option('--json', say('help.json'))
    .action(async (options: Options) =>
      finish(await (await import('./commands/sync.ts')).syncRuns(context, withWorkspace(options))),
    )

  command('rerun', say('help.rerun'))
    .argument('<run>', say('help.runArgument'))
    .option('--tolerance <relative>', say('help.tolerance'), positive('--tolerance'), 1e-5)
    .addOption(new Option('--ignore <metric>', say('help.ignore')).argParser(gather))
    .option('-d, --detach', say('help.detach'))
    .option('--json', say('help.json'))
    .action(async (reference: string, options: Options) => {
      const given = { ignore: [], ...withWorkspace<{ tolerance: number }>(options) }
      finish(await (await import('./commands/rerun.ts')).rerun(context, reference, given))
    })

  command('workers', say('help.workersList'))
    .option('--json', say('help.json'))
    .action(async (options: Options) =>
      finish(await (await import('./commands/runs.ts')).workers(context, withWorkspace(options))),
    )
  return runs
}

const seconds: Record<string, number> = { '': 1, s: 1, m: 60, min: 60, h: 3600, d: 86_400 }
const sizes: Record<string, number> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 }

/** `90s`, `30m`, `8h`, `1d`; seconds without a unit. */
export const secondsOf =
  ({ say }: Context, option: string) =>
  (value: string): number => {
    const [, number, unit] = /^(\d+(?:\.\d+)?)(s|m|min|h|d)?$/.exec(value) ?? []
    const result = Number(number) * seconds[unit ?? '']!
    if (Number.isFinite(result) && result > 0) return result
    throw new CapstanError('cli/usage', { detail: say('usage.duration', { option, value }) })
  }

/** `800M`, `16G`, `16GiB`; bytes without a unit. Powers of 1024. */
export const sizeOf =
  ({ say }: Context, option: string) =>
  (value: string): number => {
    const [, number, unit] = /^(\d+(?:\.\d+)?)([KMGT])?(?:i?B)?$/i.exec(value) ?? []
    const result = Math.round(Number(number) * sizes[(unit ?? '').toUpperCase()]!)
    if (Number.isSafeInteger(result) && result > 0) return result
    throw new CapstanError('cli/usage', { detail: say('usage.size', { option, value }) })
  }

const signed =
  ({ say }: Context, option: string) =>
  (value: string): number => {
    const number = Number(value)
    if (/^-?\d+$/.test(value) && Math.abs(number) <= 100) return number
    throw new CapstanError('cli/usage', {
      detail: say('usage.range', { option, least: -100, most: 100, value }),
    })
  }
