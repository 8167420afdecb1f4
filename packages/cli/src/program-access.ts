/** @file Words and options of the commands around members, access, the audit log and the workspace as a document. */
import { Role } from '@capstan/api'
import { type Command, Option } from 'commander'
import { gather, type Tools } from './program-runs.ts'

type Options = Record<string, never>

/** @param imports the command `import`, which also reads whole workspaces */
export function addAccessCommands(tools: Tools, imports: Command): void {
  const { context, program, command, onWorkspace, prepare, whole, withWorkspace, finish } = tools
  const { say } = context
  const transfer = () => import('./commands/transfer.ts')

  command('export', say('help.export'))
    .argument('[file]', say('help.exportFile'))
    .option('--csv <dir>', say('help.exportCsv'))
    .option('--files', say('help.exportFiles'))
    .option('--no-points', say('help.exportNoPoints'))
    .action(async (file: string | undefined, options: Options) =>
      finish(await (await transfer()).exportWorkspace(context, file, withWorkspace(options))),
    )

  onWorkspace(imports)
    .argument('<file>', say('help.importFile'))
    .option('--check', say('help.importCheck'))
    .option('--json', say('help.json'))
    .action(async (file: string, options: Options) =>
      finish(await (await transfer()).importWorkspace(context, file, withWorkspace(options))),
    )

  const group = (name: string, description: string) => {
    const made = prepare(program.command(name).description(description))
    return (sub: string, help: string, isDefault = false) =>
      onWorkspace(prepare(made.command(sub, { isDefault }).description(help))).option(
        '--json',
        say('help.json'),
      )
  }
  const roles = () =>
    new Option('--role <role>', say('help.role')).choices(Role.options).argParser(gather).default([], '')
  const days = (most: number) => whole('--days', 1, most)
  const people = () => import('./commands/members.ts')

  const members = group('members', say('help.members'))
  members('list', say('help.membersList'), true).action(async (options: Options) =>
    finish(await (await people()).membersList(context, withWorkspace(options))),
  )
  members('add', say('help.membersAdd'))
    .argument('<name>', say('help.memberName'))
    .addOption(roles())
    .addOption(new Option('--skill <skill>', say('help.skill')).argParser(gather).default([], ''))
    .option('--password-stdin', say('help.passwordStdin'))
    .option('--invite', say('help.invite'))
    .option('--no-account', say('help.noAccount'))
    .action(async (name: string, options: Options) =>
      finish(await (await people()).membersAdd(context, name, withWorkspace(options))),
    )
  members('edit', say('help.membersEdit'))
    .argument('<member>', say('help.memberName'))
    .addOption(roles())
    .addOption(new Option('--disable', say('help.disable')).conflicts('enable'))
    .option('--enable', say('help.enable'))
    .action(async (name: string, options: Options) =>
      finish(await (await people()).membersEdit(context, name, withWorkspace(options))),
    )
  members('invite', say('help.membersInvite'))
    .argument('<member>', say('help.memberName'))
    .action(async (name: string, options: Options) =>
      finish(await (await people()).membersInvite(context, name, withWorkspace(options))),
    )
  members('password', say('help.membersPassword'))
    .argument('<member>', say('help.memberName'))
    .option('--password-stdin', say('help.passwordStdin'))
    .action(async (name: string, options: Options) =>
      finish(await (await people()).membersPassword(context, name, withWorkspace(options))),
    )
  members('sign-out', say('help.membersSignOut'))
    .argument('<member>', say('help.memberName'))
    .action(async (name: string, options: Options) =>
      finish(await (await people()).membersSignOut(context, name, withWorkspace(options))),
    )

  const signing = () => import('./commands/login.ts')
  command('login', say('help.login'))
    .argument('<name>', say('help.memberName'))
    .option('--password-stdin', say('help.passwordStdin'))
    .option('--days <n>', say('help.days'), days(366), 30)
    .action(async (name: string, options: Options) =>
      finish(await (await signing()).login(context, name, withWorkspace(options))),
    )
  command('logout', say('help.logout')).action(async (options: Options) =>
    finish(await (await signing()).logout(context, withWorkspace(options))),
  )
  command('whoami', say('help.whoami'))
    .option('--json', say('help.json'))
    .action(async (options: Options) =>
      finish(await (await signing()).whoami(context, withWorkspace(options))),
    )

  const tokens = group('tokens', say('help.tokens'))
  tokens('list', say('help.tokensList'), true).action(async (options: Options) =>
    finish(await (await signing()).tokensList(context, withWorkspace(options))),
  )
  tokens('add', say('help.tokensAdd'))
    .argument('<name>', say('help.tokenName'))
    .addOption(new Option('--role <role>', say('help.tokenRole')).choices(Role.options))
    .addOption(new Option('--noun <noun>', say('help.tokenNoun')).argParser(gather).default([], ''))
    .option('--read-only', say('help.readOnly'))
    .option('--days <n>', say('help.days'), days(366), 90)
    .action(async (name: string, options: Options) =>
      finish(await (await signing()).tokensAdd(context, name, withWorkspace(options))),
    )
  tokens('revoke', say('help.tokensRevoke'))
    .argument('<id>', say('help.tokenId'))
    .action(async (id: string, options: Options) =>
      finish(await (await signing()).tokensRevoke(context, id, withWorkspace(options))),
    )

  const history = () => import('./commands/audit.ts')
  const audit = group('audit', say('help.audit'))
  audit('log', say('help.auditLog'))
    .option('--limit <n>', say('help.limit'), whole('--limit', 1, 500), 50)
    .action(async (options: Options) =>
      finish(await (await history()).auditLog(context, withWorkspace(options))),
    )
  audit('verify', say('help.auditVerify'))
    .option('--head <entries:hash>', say('help.auditHead'))
    .action(async (options: Options) =>
      finish(await (await history()).auditVerify(context, withWorkspace(options))),
    )
}
