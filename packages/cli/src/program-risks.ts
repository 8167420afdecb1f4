/** @file Words and options of `capstan risks`. */
import { CapstanError } from '@capstan/api'
import { type Command, Option } from 'commander'
import { gather, type Tools } from './program-runs.ts'

type Options = Record<string, never>

export function addRiskCommands(tools: Tools): void {
  const { context, program, onWorkspace, prepare, whole, withWorkspace, finish } = tools
  const { say } = context
  const load = () => import('./commands/risks.ts')
  const risks = prepare(program.command('risks').description(say('help.risks')))
  const sub = (name: string, help: string) =>
    onWorkspace(prepare(risks.command(name).description(help))).option('--json', say('help.json'))
  const number = (option: string) => (value: string) => {
    if (value.trim() !== '' && Number.isFinite(Number(value))) return Number(value)
    throw new CapstanError('cli/usage', { detail: say('usage.anyNumber', { option, value }) })
  }
  const stated = (made: Command, required: boolean) => {
    const how = required ? 'requiredOption' : 'option'
    return made[how]('--frequency <times>', say('help.riskFrequency'))
      [how]('--loss <amount>', say('help.riskLoss'))
      .option('--owner <member>', say('help.riskOwner'))
      .addOption(
        new Option('--treatment <what>', say('help.riskTreatment')).choices([
          ...['avoid', 'reduce', 'transfer', 'accept'],
        ]),
      )
  }

  sub('list', say('help.risksList'))
    .option('--archived', say('help.risksArchived'))
    .action(async (options: Options) => finish(await (await load()).list(context, withWorkspace(options))))
  stated(sub('add', say('help.risksAdd')).argument('<name>', say('help.riskName')), true)
    .option('--description <text>', say('help.riskDescription'), '')
    .addOption(new Option('--reason <text>', say('help.riskReason')).argParser(gather).default([], ''))
    .action(async (name: string, options: Options) =>
      finish(await (await load()).add(context, name, withWorkspace(options))),
    )
  stated(sub('edit', say('help.risksEdit')).argument('<risk>', say('help.risk')), false)
    .option('--rename <name>', say('help.riskRename'))
    .addOption(new Option('--archive', say('help.riskArchive')).conflicts('restore'))
    .option('--restore', say('help.riskRestore'))
    .action(async (risk: string, options: Options) =>
      finish(await (await load()).edit(context, risk, withWorkspace(options))),
    )
  sub('catalogue', say('help.risksCatalogue')).action(async (options: Options) =>
    finish(await (await load()).catalogue(context, withWorkspace(options))),
  )
  stated(sub('from-catalogue', say('help.risksFrom')).argument('<key>', say('help.riskKey')), false).action(
    async (key: string, options: Options) =>
      finish(await (await load()).fromCatalogue(context, key, withWorkspace(options))),
  )
  sub('simulate', say('help.risksSimulate'))
    .option('--years <n>', say('help.riskYears'), whole('--years', 1000, 1_000_000), 100_000)
    .option('--seed <n>', say('help.riskSeed'), whole('--seed', 0), 1)
    .action(async (options: Options) =>
      finish(await (await load()).simulate(context, withWorkspace(options))),
    )
  sub('tornado', say('help.risksTornado')).action(async (options: Options) =>
    finish(await (await load()).tornado(context, withWorkspace(options))),
  )
  sub('mitigations', say('help.risksMitigations')).action(async (options: Options) =>
    finish(await (await load()).mitigations(context, withWorkspace(options))),
  )
  sub('mitigate', say('help.risksMitigate'))
    .argument('<risk>', say('help.risk'))
    .argument('<name>', say('help.mitigationName'))
    .option('--frequency-factor <x>', say('help.frequencyFactor'), number('--frequency-factor'), 1)
    .option('--loss-factor <x>', say('help.lossFactor'), number('--loss-factor'), 1)
    .requiredOption('--cost <amount>', say('help.mitigationCost'), number('--cost'))
    .option('--adopt', say('help.mitigationAdopt'))
    .action(async (risk: string, name: string, options: Options) =>
      finish(await (await load()).mitigate(context, risk, name, withWorkspace(options))),
    )
  sub('adopt', say('help.risksAdopt'))
    .argument('<mitigation>', say('help.mitigation'))
    .option('--undo', say('help.adoptUndo'))
    .action(async (mitigation: string, options: Options) =>
      finish(await (await load()).adopt(context, mitigation, withWorkspace(options))),
    )
  sub('indicators', say('help.risksIndicators')).action(async (options: Options) =>
    finish(await (await load()).indicators(context, withWorkspace(options))),
  )
  sub('watch', say('help.risksWatch'))
    .argument('<risk>', say('help.risk'))
    .argument('<measure>', say('help.watchMeasure'))
    .requiredOption('--amber <value>', say('help.amber'), number('--amber'))
    .requiredOption('--red <value>', say('help.red'), number('--red'))
    .option('--hysteresis <value>', say('help.hysteresis'), number('--hysteresis'))
    .action(async (risk: string, measure: string, options: Options) =>
      finish(await (await load()).watch(context, risk, measure, withWorkspace(options))),
    )
  sub('incidents', say('help.risksIncidents')).action(async (options: Options) =>
    finish(await (await load()).incidents(context, withWorkspace(options))),
  )
  sub('incident', say('help.risksIncident'))
    .argument('<title>', say('help.incidentTitle'))
    .option('--risk <risk>', say('help.risk'))
    .option('--loss <amount>', say('help.incidentLoss'), number('--loss'))
    .option('--at <instant>', say('help.incidentAt'))
    .addOption(
      new Option('--severity <level>', say('help.severity'))
        .choices(['low', 'medium', 'high', 'critical'])
        .default('medium'),
    )
    .action(async (title: string, options: Options) =>
      finish(await (await load()).incident(context, title, withWorkspace(options))),
    )
  sub('resolve', say('help.risksResolve'))
    .argument('<incident>', say('help.incident'))
    .option('--loss <amount>', say('help.incidentLoss'), number('--loss'))
    .option('--dismiss', say('help.incidentDismiss'))
    .action(async (incident: string, options: Options) =>
      finish(await (await load()).resolve(context, incident, withWorkspace(options))),
    )
  sub('appetite', say('help.risksAppetite'))
    .argument('[points...]', say('help.appetitePoints'))
    .option('--no-gate', say('help.appetiteNoGate'))
    .action(async (points: string[], options: Options) =>
      finish(await (await load()).appetite(context, points, withWorkspace(options))),
    )
}
