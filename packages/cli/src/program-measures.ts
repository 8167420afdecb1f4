/** @file Words and options of `capstan measures`. */
import { CapstanError, FactSource, MeasureStatistic } from '@capstan/api'
import { type Command, Option } from 'commander'
import type { Tools } from './program-runs.ts'

type Options = Record<string, never>

const gather = (value: string, before: string[] = []): string[] => [...before, value]

export function addMeasureCommands(tools: Tools): void {
  const { context, program, onWorkspace, prepare, whole, positive, withWorkspace, finish } = tools
  const { say } = context
  const measures = prepare(program.command('measures').description(say('help.measures')))
  const sub = (name: string, description: string, isDefault = false) =>
    onWorkspace(prepare(measures.command(name, { isDefault }).description(description))).option(
      '--json',
      say('help.json'),
    )
  const reading = () => import('./commands/measures.ts')
  const changing = () => import('./commands/measure-change.ts')

  sub('list', say('help.measuresList'), true)
    .option('--archived', say('help.measuresArchived'))
    .action(async (options: Options) =>
      finish(await (await reading()).measuresList(context, withWorkspace(options))),
    )
  sub('show', say('help.measuresShow'))
    .argument('<measure>', say('help.measureArgument'))
    .option('--points <n>', say('help.measuresPoints'), whole('--points', 1, 5000), 20)
    .option('--from <instant>', say('help.measuresFrom'), instant('--from'))
    .option('--to <instant>', say('help.measuresTo'), instant('--to'))
    .action(async (measure: string, options: Options) =>
      finish(await (await reading()).measuresShow(context, measure, withWorkspace(options))),
    )
  sub('facts', say('help.measuresFacts'))
    .argument('<measure>', say('help.measureArgument'))
    .option('--at <instant>', say('help.measuresFactsAt'), instant('--at'))
    .option('--limit <n>', say('help.measuresPoints'), whole('--limit', 1, 1000), 50)
    .action(async (measure: string, options: Options) =>
      finish(await (await reading()).measuresFacts(context, measure, withWorkspace(options))),
    )
  sub('rebuild', say('help.measuresRebuild'))
    .argument('[measure]', say('help.measureArgument'))
    .option('--check', say('help.measureCheck'))
    .action(async (measure: string | undefined, options: Options) =>
      finish(await (await reading()).measuresRebuild(context, measure, withWorkspace(options))),
    )
  defining(sub('define', say('help.measuresDefine')).argument('<key>', say('help.measureKey')))
    .option('--preview', say('help.measurePreview'))
    .action(async (key: string, options: Options) =>
      finish(await (await changing()).measuresDefine(context, key, withLists(options))),
    )
  defining(sub('edit', say('help.measuresEdit')).argument('<measure>', say('help.measureArgument')))
    .addOption(new Option('--archive', say('help.measureArchive')).conflicts('restore'))
    .option('--restore', say('help.measureRestore'))
    .action(async (measure: string, options: Options) =>
      finish(await (await changing()).measuresEdit(context, measure, withLists(options))),
    )
  sub('delete', say('help.measuresDelete'))
    .argument('<measure>', say('help.measureArgument'))
    .action(async (measure: string, options: Options) =>
      finish(await (await changing()).measuresDelete(context, measure, withWorkspace(options))),
    )
  valued(sub('point', say('help.measuresPoint')))
    .option('--at <instant>', say('help.measureAt'), instant('--at'))
    .action(async (measure: string, value: number, options: Options) =>
      finish(await (await changing()).measuresPoint(context, measure, value, withWorkspace(options))),
    )
  valued(sub('override', say('help.measuresOverride')))
    .option('--point <point>', say('help.measureOverridePoint'))
    .option('--until <instant>', say('help.measureUntil'), instant('--until'))
    .action(async (measure: string, value: number, options: Options) =>
      finish(await (await changing()).measuresOverride(context, measure, value, withWorkspace(options))),
    )
  sub('withdraw', say('help.measuresWithdraw'))
    .argument('<measure>', say('help.measureArgument'))
    .argument('[override]', say('help.measureOverrideArgument'))
    .requiredOption('--note <text>', say('help.measureNote'))
    .action(async (measure: string, override: string | undefined, options: Options) =>
      finish(await (await changing()).measuresWithdraw(context, measure, override, withWorkspace(options))),
    )

  function defining(made: Command): Command {
    return made
      .option('--name <name>', say('help.measureName'))
      .option('--unit <unit>', say('help.measureUnit'))
      .addOption(new Option('--direction <way>', say('help.measureDirection')).choices(['up', 'down']))
      .addOption(
        new Option('--scale <scale>', say('help.measureScale')).choices(['linear', 'log', 'proportion']),
      )
      .option('--stale-after <days>', say('help.measureStale'), positive('--stale-after'))
      .addOption(new Option('--of <source>', say('help.measureOf')).choices(FactSource.options))
      .addOption(
        new Option('--statistic <name>', say('help.measureStatistic')).choices(MeasureStatistic.options),
      )
      .option('--value <field>', say('help.measureValue'))
      .addOption(new Option('--where <filter>', say('help.measureWhere')).argParser(gather))
      .addOption(new Option('--part <filter>', say('help.measurePart')).argParser(gather))
      .option('--quantile <share>', say('help.measureQuantile'), number('--quantile'))
      .option('--days <n>', say('help.measureDays'), whole('--days', 1, 3660))
      .option('--cycle', say('help.measureCycle'))
      .option('--typed', say('help.measureTyped'))
      .option('--file <file>', say('help.measureFile'))
  }

  function valued(made: Command): Command {
    return made
      .argument('<measure>', say('help.measureArgument'))
      .argument('<value>', say('help.measurePointValue'), number('value'))
      .requiredOption('--note <text>', say('help.measureNote'))
  }

  function withLists(options: Options) {
    return { where: [], part: [], ...withWorkspace<object>(options) }
  }

  function number(name: string): (value: string) => number {
    return (value) => {
      const read = Number(value)
      if (value.trim() !== '' && Number.isFinite(read)) return read
      throw new CapstanError('cli/usage', { detail: say('measures.usageNumber', { option: name, value }) })
    }
  }

  /** A date alone is its first instant in UTC. */
  function instant(name: string): (value: string) => string {
    return (value) => {
      const read = new Date(value)
      if (/^\d{4}-/.test(value) && !Number.isNaN(read.getTime())) return read.toISOString()
      throw new CapstanError('cli/usage', { detail: say('measures.usageInstant', { option: name, value }) })
    }
  }
}
