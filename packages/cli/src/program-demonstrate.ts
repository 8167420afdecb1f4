/** @file Words and options of `capstan demonstrate`. */
import { Argument } from 'commander'
import { demonstrations } from './demonstrations/risks.ts'
import type { Tools } from './program-runs.ts'

type Options = Record<string, never>

export function addDemonstrateCommand({ context, command, withWorkspace, finish }: Tools): void {
  const { say } = context
  command('demonstrate', say('help.demonstrate'))
    .addArgument(new Argument('<company>', say('help.demonstration')).choices([...demonstrations]))
    .option('--write <file>', say('help.demonstrateWrite'))
    .action(async (company: (typeof demonstrations)[number], options: Options) => {
      const { demonstrate } = await import('./commands/demonstrate.ts')
      finish(await demonstrate(context, company, withWorkspace(options)))
    })
}
