/** @file Words and options of `capstan plan`. */
import { CapstanError } from '@capstan/api'
import type { Tools } from './program-runs.ts'

type Options = Record<string, never>

export function addPlanCommands(tools: Tools): void {
  const { context, program, onWorkspace, prepare, whole, positive, withWorkspace, finish } = tools
  const { say } = context
  const budget = (value: string, before: string[] = []): string[] => {
    positive('--budget')(value)
    return [...before, value]
  }
  const share = (value: string): number => {
    const number = positive('--utilisation')(value)
    if (number <= 1) return number
    throw new CapstanError('cli/usage', {
      detail: say('usage.range', { option: '--utilisation', least: 0, most: 1, value }),
    })
  }

  const plan = prepare(program.command('plan').description(say('help.plan')))
  onWorkspace(prepare(plan.command('scaling').description(say('help.planScaling'))))
    .option('--filter <expression>', say('help.planFilter'), '')
    .option('--parameters <param>', say('help.planParameters'), 'parameters')
    .option('--tokens <param>', say('help.planTokens'), 'tokens')
    .option('--loss <metric>', say('help.planLoss'), 'loss')
    .option('--budget <flop>', say('help.planBudget'), budget, [])
    .option('--seed <n>', say('help.seed'), whole('--seed', 0), 1)
    .option('--json', say('help.json'))
    .action(async (options: Options) =>
      finish(await (await import('./commands/plan.ts')).planScaling(context, withWorkspace(options))),
    )
  onWorkspace(prepare(plan.command('compute').description(say('help.planCompute'))))
    .requiredOption('--parameters <n>', say('help.planSize'), positive('--parameters'))
    .requiredOption('--tokens <n>', say('help.planCount'), positive('--tokens'))
    .option('--devices <n>', say('help.planDevices'), whole('--devices', 1, 1_000_000), 1)
    .option('--utilisation <share>', say('help.planUtilisation'), share, 0.4)
    .option('--rate <amount>', say('help.planRate'), positive('--rate'))
    .option('--replicated', say('help.planReplicated'))
    .option('--json', say('help.json'))
    .action(async (options: Options) =>
      finish(await (await import('./commands/plan.ts')).planCompute(context, withWorkspace(options))),
    )
}
