/** @file Words and options of every command, bound to what they do. */
import { resolve } from 'node:path'
import { CapstanError } from '@capstan/api'
import { Command, Option } from 'commander'
import type { Context } from './context.ts'
import { addAccessCommands } from './program-access.ts'
import { addDemonstrateCommand } from './program-demonstrate.ts'
import { addImportCommands } from './program-imports.ts'
import { addMeasureCommands } from './program-measures.ts'
import { addPlanCommands } from './program-plans.ts'
import { addResourceCommands } from './program-resources.ts'
import { addReviewCommands } from './program-review.ts'
import { addRiskCommands } from './program-risks.ts'
import { addRunCommands, sizeOf } from './program-runs.ts'
import { addSweepCommands } from './program-sweeps.ts'
import { addTeamCommands } from './program-team.ts'
import { addTrackingCommands } from './program-tracking.ts'

const defaultWorkspace = './capstan-workspace'

type Options = Record<string, never>

export function createProgram(context: Context, version: string, finish: (exit: number) => void): Command {
  const { say } = context
  const titles: Record<string, string> = {
    'Usage:': say('help.usage'),
    'Arguments:': say('help.arguments'),
    'Options:': say('help.options'),
    'Commands:': say('help.commands'),
  }
  const program = new Command('capstan')
    .description(say('help.capstan'))
    .version(version, '-V, --version', say('help.version'))
    .addOption(langOption())
    // so that the options of a command that is run are its own
    .enablePositionalOptions()
  prepare(program)

  command('start', say('help.start'))
    .addOption(hostOption())
    .addOption(portOption())
    .option('--name <name>', say('help.name'))
    .option('--workers <n>', say('help.workers'), whole('--workers', 0, 1024))
    .option('--cores <n>', say('help.startCores'), whole('--cores', 1, 65_536))
    .option('--memory <size>', say('help.startMemory'), sizeOf(context, '--memory'))
    .option('--gpus <n>', say('help.startGpus'), whole('--gpus', 0, 1024))
    .option('--once', say('help.once'))
    .option('--no-open', say('help.noOpen'))
    .addOption(new Option('--epochs <n>').argParser(whole('--epochs', 1)).hideHelp())
    .addOption(new Option('--data <dir>').hideHelp())
    .action(async (options: Options) =>
      finish(await (await import('./commands/start.ts')).start(context, withWorkspace(options))),
    )

  command('train', say('help.train'))
    .requiredOption('--data <dir>', say('help.data'))
    .option('--design <name|file>', say('help.design'), 'simple-cnn')
    .option('--epochs <n>', say('help.epochs'), whole('--epochs', 1), 10)
    .option('--batch <n>', say('help.batch'), whole('--batch', 1), 64)
    .option('--lr <rate>', say('help.lr'), positive('--lr'), 0.001)
    .option('--seed <n>', say('help.seed'), whole('--seed', 0), 1)
    .option('--name <name>', say('help.runName'))
    .action(async (options: Options) =>
      finish(await (await import('./commands/train.ts')).train(context, withWorkspace(options))),
    )

  command('evaluate', say('help.evaluate'))
    .argument('<run>', say('help.runArgument'))
    .option('--json', say('help.json'))
    .action(async (run: string, options: Options) =>
      finish(await (await import('./commands/evaluate.ts')).evaluate(context, run, withWorkspace(options))),
    )

  command('predict', say('help.predict'))
    .argument('[picture]', say('help.picture'))
    .option('--endpoint <name>', say('help.endpoint'), 'digits')
    .option('--index <n>', say('help.index'), whole('--index', 0))
    .option('--json', say('help.json'))
    .action(async (picture: string | undefined, options: Options) =>
      finish(await (await import('./commands/predict.ts')).predict(context, picture, withWorkspace(options))),
    )

  command('status', say('help.status'))
    .option('--json', say('help.json'))
    .action(async (options: Options) =>
      finish(await (await import('./commands/status.ts')).status(context, withWorkspace(options))),
    )

  command('doctor', say('help.doctor'))
    .addOption(hostOption())
    .addOption(portOption())
    .option('--json', say('help.json'))
    .action(async (options: Options) =>
      finish(await (await import('./commands/doctor.ts')).doctor(context, withWorkspace(options))),
    )

  const tools = { context, program, command, onWorkspace, prepare, whole, positive, withWorkspace, finish }
  addTrackingCommands(tools, addRunCommands(tools))
  addAccessCommands(tools, addImportCommands(tools))
  addSweepCommands(tools)
  addMeasureCommands(tools)
  addPlanCommands(tools)
  addResourceCommands(tools)
  addTeamCommands(tools)
  addReviewCommands(tools)
  addRiskCommands(tools)
  addDemonstrateCommand(tools)

  const design = prepare(program.command('design').description(say('help.designs')))
  onWorkspace(prepare(design.command('check').description(say('help.designCheck'))))
    .argument('<file>', say('help.designFile'))
    .option('--json', say('help.json'))
    .action(async (file: string, options: Options) =>
      finish(await (await import('./commands/design.ts')).designCheck(context, file, withWorkspace(options))),
    )
  return program

  function command(name: string, description: string): Command {
    return onWorkspace(prepare(program.command(name).description(description)))
  }

  function onWorkspace(made: Command): Command {
    return made
      .addOption(
        new Option('--workspace <dir>', say('help.workspace'))
          .env('CAPSTAN_WORKSPACE')
          .default(defaultWorkspace),
      )
      .addOption(langOption())
  }

  /** As commander words it, in the reader's language. */
  function described({ description, defaultValue, envVar, argChoices }: Option): string {
    const notes = [
      ...(argChoices ? [say('help.choices', { values: argChoices.join(', ') })] : []),
      ...(defaultValue === undefined || defaultValue === true
        ? []
        : [say('help.default', { value: String(defaultValue) })]),
      ...(envVar ? [say('help.env', { name: envVar })] : []),
    ]
    return notes.length > 0 ? `${description} (${notes.join('; ')})` : description
  }

  /** Errors are thrown, not printed; help speaks the reader's language. */
  function prepare(made: Command): Command {
    return made
      .exitOverride()
      .configureOutput({ outputError: () => {} })
      .helpOption('-h, --help', say('help.help'))
      .helpCommand(false)
      .configureHelp({
        styleTitle: (title) => titles[title] ?? title,
        optionDescription: described,
        showGlobalOptions: false,
      })
  }

  function langOption(): Option {
    return new Option('--lang <language>', say('help.lang')).choices(['en', 'zh-CN', 'zh'])
  }

  function hostOption(): Option {
    return new Option('--host <host>', say('help.host')).default('127.0.0.1')
  }

  function portOption(): Option {
    return new Option('--port <port>', say('help.port')).argParser(whole('--port', 0, 65_535)).default(4600)
  }

  function whole(name: string, least: number, most = Number.MAX_SAFE_INTEGER): (value: string) => number {
    return (value) => {
      const number = Number(value)
      if (/^\d+$/.test(value) && number >= least && number <= most) return number
      throw new CapstanError('cli/usage', {
        detail:
          most === Number.MAX_SAFE_INTEGER
            ? say('usage.wholeNumber', { option: name, least, value })
            : say('usage.range', { option: name, least, most, value }),
      })
    }
  }

  function positive(name: string): (value: string) => number {
    return (value) => {
      const number = Number(value)
      if (Number.isFinite(number) && number > 0) return number
      throw new CapstanError('cli/usage', { detail: say('usage.positive', { option: name, value }) })
    }
  }

  function withWorkspace<T>(options: Options): T & { workspace: string } {
    return {
      ...(options as T),
      workspace: resolve(context.cwd, String(options.workspace) || defaultWorkspace),
    }
  }
}
