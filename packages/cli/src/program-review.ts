/** @file Words and options of `capstan review`. */
import { Option } from 'commander'
import { gather, type Tools } from './program-runs.ts'

type Options = Record<string, never>

export function addReviewCommands(tools: Tools): void {
  const { context, program, onWorkspace, prepare, withWorkspace, finish } = tools
  const { say } = context
  const load = () => import('./commands/review.ts')
  const repeated = (words: string, help: string) => new Option(words, help).argParser(gather).default([], '')
  const review = prepare(program.command('review').description(say('help.review')))
  const sub = (name: string, help: string) =>
    onWorkspace(prepare(review.command(name).description(help))).option('--json', say('help.json'))

  sub('take', say('help.reviewTake')).action(async (options: Options) =>
    finish(await (await load()).take(context, withWorkspace(options))),
  )
  sub('show', say('help.reviewShow'))
    .argument('[review]', say('help.reviewId'))
    .action(async (id: string | undefined, options: Options) =>
      finish(await (await load()).showReview(context, id, withWorkspace(options))),
    )
  sub('propose', say('help.reviewPropose'))
    .argument('<kind>', say('help.changeKind'))
    .argument('[words...]', say('help.changeWords'))
    .option('--note <text>', say('help.reviewNote'), '')
    .action(async (kind: string, words: string[], options: Options) =>
      finish(await (await load()).propose(context, kind, words, withWorkspace(options))),
    )
  sub('decide', say('help.reviewDecide'))
    .argument('<proposal>', say('help.proposal'))
    .argument('<verdict>', say('help.verdict'))
    .addOption(repeated('--with <number>', say('help.decideWith')))
    .option('--note <text>', say('help.reviewNote'), '')
    .option('--same-cycle', say('help.sameCycle'))
    .action(async (proposal: string, verdict: string, options: Options) =>
      finish(await (await load()).decide(context, proposal, verdict, withWorkspace(options))),
    )
  sub('what-if', say('help.reviewWhatIf'))
    .addOption(repeated('--accept <proposals>', say('help.whatIfAccept')))
    .addOption(repeated('--with <number>', say('help.applyWith')))
    .addOption(repeated('--change <words>', say('help.whatIfChange')))
    .option('--next', say('help.whatIfNext'))
    .option('--no-resolve', say('help.noResolve'))
    .action(async (options: Options) => finish(await (await load()).whatIf(context, withWorkspace(options))))
  sub('apply', say('help.reviewApply'))
    .addOption(repeated('--accept <proposals>', say('help.applyAccept')))
    .addOption(repeated('--reject <proposals>', say('help.applyReject')))
    .addOption(repeated('--with <number>', say('help.applyWith')))
    .option('--note <text>', say('help.reviewNote'), '')
    .option('--same-cycle', say('help.sameCycle'))
    .option('--next', say('help.applyNext'))
    .action(async (options: Options) => finish(await (await load()).apply(context, withWorkspace(options))))
  sub('history', say('help.reviewHistory')).action(async (options: Options) =>
    finish(await (await load()).history(context, withWorkspace(options))),
  )
}
