/** @file Words and options of `capstan tasks`, `approvals`, `decisions`, `inbox`, `webhooks`, `load` and `report`. */
import { NoticeKind, TaskPriority, TaskState, WebhookFormat } from '@capstan/api'
import { type Command, Option } from 'commander'
import { gather, type Tools } from './program-runs.ts'

type Options = Record<string, never>

export function addTeamCommands(tools: Tools): void {
  const { context, program, command, onWorkspace, prepare, whole, withWorkspace, finish } = tools
  const { say } = context
  const repeated = (words: string, help: string) => new Option(words, help).argParser(gather).default([], '')
  const group = (name: string, help: string) => {
    const parent = prepare(program.command(name).description(help))
    return (verb: string, text: string, isDefault = false): Command =>
      onWorkspace(prepare(parent.command(verb, { isDefault }).description(text))).option(
        '--json',
        say('help.json'),
      )
  }
  const work = () => import('./commands/team.ts')
  const news = () => import('./commands/notices.ts')
  const number = (value: string) => Number(value)

  const tasks = group('tasks', say('help.tasks'))
  tasks('list', say('help.tasksList'), true)
    .addOption(new Option('--state <state>', say('help.taskState')).choices(TaskState.options))
    .option('--assignee <member>', say('help.assignee'))
    .option('--open', say('help.tasksOpen'))
    .option('--overdue', say('help.tasksOverdue'))
    .option('--text <words>', say('help.tasksText'))
    .action(async (options: Options) =>
      finish(await (await work()).listTasks(context, withWorkspace(options))),
    )
  tasks('add', say('help.tasksAdd'))
    .argument('<title>', say('help.taskTitle'))
    .option('--assignee <member>', say('help.assignee'))
    .option('--initiative <initiative>', say('help.taskInitiative'))
    .option('--estimate <days>', say('help.taskEstimate'), number)
    .option('--due <date>', say('help.taskDue'))
    .addOption(new Option('--priority <priority>', say('help.taskPriority')).choices(TaskPriority.options))
    .addOption(repeated('--after <task>', say('help.taskAfter')))
    .action(async (title: string, options: Options) =>
      finish(await (await work()).addTask(context, title, withWorkspace(options))),
    )
  tasks('move', say('help.tasksMove'))
    .argument('<task>', say('help.taskArgument'))
    .argument('<state>', say('help.taskState'))
    .option('--days <days>', say('help.taskDays'), number)
    .action(async (task: string, state: string, options: Options) =>
      finish(await (await work()).moveTask(context, task, state, withWorkspace(options))),
    )
  tasks('comment', say('help.tasksComment'))
    .argument('<task>', say('help.taskArgument'))
    .argument('<text>', say('help.commentText'))
    .requiredOption('--as <member>', say('help.as'))
    .action(async (task: string, text: string, options: Options) =>
      finish(await (await work()).commentTask(context, task, text, withWorkspace(options))),
    )

  const approvals = group('approvals', say('help.approvals'))
  approvals('list', say('help.approvalsList'), true)
    .option('--open', say('help.approvalsOpen'))
    .action(async (options: Options) =>
      finish(await (await work()).listApprovals(context, withWorkspace(options))),
    )
  for (const verb of ['approve', 'reject'] as const)
    approvals(verb, say(`help.approvals.${verb}`))
      .argument('<approval>', say('help.approvalArgument'))
      .requiredOption('--as <member>', say('help.as'))
      .option('--role <role>', say('help.voteRole'))
      .option('--note <text>', say('help.voteNote'))
      .action(async (approval: string, options: Options) =>
        finish(await (await work()).voteOn(context, approval, verb, withWorkspace(options))),
      )

  const decisions = group('decisions', say('help.decisions'))
  decisions('list', say('help.decisionsList'), true).action(async (options: Options) =>
    finish(await (await work()).listDecisions(context, withWorkspace(options))),
  )
  decisions('record', say('help.decisionsRecord'))
    .argument('<title>', say('help.decisionTitle'))
    .addOption(repeated('--option <name>', say('help.decisionOption')))
    .requiredOption('--chosen <name>', say('help.decisionChosen'))
    .requiredOption('--as <member>', say('help.as'))
    .option('--reason <text>', say('help.decisionReason'))
    .option('--chance <share>', say('help.decisionChance'), number)
    .option('--low <value>', say('help.decisionLow'), number)
    .option('--high <value>', say('help.decisionHigh'), number)
    .action(async (title: string, options: Options) =>
      finish(await (await work()).recordDecision(context, title, withWorkspace(options))),
    )
  decisions('outcome', say('help.decisionsOutcome'))
    .argument('<decision>', say('help.decisionArgument'))
    .argument('<outcome>', say('help.decisionOutcome'))
    .requiredOption('--as <member>', say('help.as'))
    .action(async (decision: string, outcome: string, options: Options) =>
      finish(await (await work()).recordOutcome(context, decision, outcome, withWorkspace(options))),
    )

  command('load', say('help.load'))
    .option('--json', say('help.json'))
    .action(async (options: Options) =>
      finish(await (await work()).showLoad(context, withWorkspace(options))),
    )

  command('inbox', say('help.inbox'))
    .requiredOption('--as <member>', say('help.as'))
    .option('--unread', say('help.inboxUnread'))
    .option('--read', say('help.inboxRead'))
    .option('--json', say('help.json'))
    .action(async (options: Options) =>
      finish(await (await news()).showInbox(context, withWorkspace(options))),
    )

  const webhooks = group('webhooks', say('help.webhooks'))
  webhooks('list', say('help.webhooksList'), true).action(async (options: Options) =>
    finish(await (await news()).listWebhooks(context, withWorkspace(options))),
  )
  webhooks('add', say('help.webhooksAdd'))
    .argument('<name>', say('help.webhookName'))
    .argument('<url>', say('help.webhookUrl'))
    .addOption(
      new Option('--format <format>', say('help.webhookFormat'))
        .choices(WebhookFormat.options)
        .default('generic'),
    )
    .option('--secret <secret>', say('help.webhookSecret'))
    .addOption(
      new Option('--kind <kind>', say('help.webhookKind'))
        .choices(NoticeKind.options)
        .argParser(gather)
        .default([], ''),
    )
    .action(async (name: string, url: string, options: Options) =>
      finish(await (await news()).addWebhook(context, name, url, withWorkspace(options))),
    )
  webhooks('try', say('help.webhooksTry'))
    .argument('<webhook>', say('help.webhookArgument'))
    .action(async (webhook: string, options: Options) =>
      finish(await (await news()).tryWebhook(context, webhook, withWorkspace(options))),
    )
  webhooks('deliveries', say('help.webhooksDeliveries'))
    .argument('<webhook>', say('help.webhookArgument'))
    .option('--limit <n>', say('help.limit'), whole('--limit', 1, 500), 20)
    .action(async (webhook: string, options: Options) =>
      finish(await (await news()).listDeliveries(context, webhook, withWorkspace(options))),
    )
  webhooks('remove', say('help.webhooksRemove'))
    .argument('<webhook>', say('help.webhookArgument'))
    .action(async (webhook: string, options: Options) =>
      finish(await (await news()).removeWebhook(context, webhook, withWorkspace(options))),
    )

  command('report', say('help.report'))
    .option('--from <date>', say('help.reportFrom'))
    .option('--to <date>', say('help.reportTo'))
    .addOption(
      new Option('--format <format>', say('help.reportFormat')).choices(['md', 'html']).default('md'),
    )
    .option('--output <file>', say('help.apiOutput'))
    .option('--json', say('help.json'))
    .action(async (options: Options) =>
      finish(await (await news()).showReport(context, withWorkspace(options))),
    )
}
