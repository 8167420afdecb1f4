/** @file Words and options of the commands around resources, and of `capstan api`. */
import { CapstanError } from '@capstan/api'
import { Option } from 'commander'
import { gather, type Tools } from './program-runs.ts'

type Options = Record<string, never>

export function addResourceCommands(tools: Tools): void {
  const { context, program, command, onWorkspace, prepare, whole, withWorkspace, finish } = tools
  const { say } = context
  const load = () => import('./commands/resources.ts')
  const repeated = (words: string, help: string) => new Option(words, help).argParser(gather).default([], '')
  const share = (value: string): number => {
    const number = Number(value)
    if (value.trim() !== '' && number >= 0 && number <= 1) return number
    throw new CapstanError('cli/usage', { detail: say('usage.share', { option: '--lambda', value }) })
  }

  command('pools', say('help.pools'))
    .option('--json', say('help.json'))
    .action(async (options: Options) => finish(await (await load()).pools(context, withWorkspace(options))))

  const allocation = prepare(program.command('allocation').description(say('help.allocation')))
  onWorkspace(prepare(allocation.command('solve').description(say('help.allocationSolve'))))
    .option('--lambda <share>', say('help.lambda'), share, 0.2)
    .option('--approve', say('help.approve'))
    .option('--json', say('help.json'))
    .action(async (options: Options) => finish(await (await load()).solve(context, withWorkspace(options))))
  onWorkspace(prepare(allocation.command('what-if').description(say('help.whatIf'))))
    .addOption(repeated('--more <pool=amount@period>', say('help.more')))
    .addOption(repeated('--must <initiative>', say('help.must')))
    .addOption(repeated('--never <initiative>', say('help.never')))
    .addOption(repeated('--leave <member>', say('help.leave')))
    .option('--lambda <share>', say('help.lambda'), share)
    .option('--json', say('help.json'))
    .action(async (options: Options) => finish(await (await load()).whatIf(context, withWorkspace(options))))

  command('budgets', say('help.budgets'))
    .option('--json', say('help.json'))
    .action(async (options: Options) => finish(await (await load()).budgets(context, withWorkspace(options))))

  const ledger = prepare(program.command('ledger').description(say('help.ledger')))
  onWorkspace(prepare(ledger.command('list').description(say('help.ledgerList'))))
    .option('--limit <n>', say('help.limit'), whole('--limit', 1, 1000), 30)
    .option('--json', say('help.json'))
    .action(async (options: Options) => finish(await (await load()).ledger(context, withWorkspace(options))))
  onWorkspace(prepare(ledger.command('focus').description(say('help.ledgerFocus'))))
    .argument('<file>', say('help.focusFile'))
    .action(async (file: string, options: Options) =>
      finish(await (await load()).exportFocus(context, file, withWorkspace(options))),
    )

  command('runway', say('help.runway'))
    .option('--plan <file>', say('help.runwayPlan'))
    .option('--json', say('help.json'))
    .action(async (options: Options) => finish(await (await load()).runway(context, withWorkspace(options))))

  command('api', say('help.api'))
    .argument('[route]', say('help.apiRoute'))
    .argument('[fields...]', say('help.apiFields'))
    .option('--body <file>', say('help.apiBody'))
    .option('--output <file>', say('help.apiOutput'))
    .action(async (route: string | undefined, fields: string[], options: Options) =>
      finish(
        await (await import('./commands/api.ts')).callApi(context, route, fields, withWorkspace(options)),
      ),
    )
}
