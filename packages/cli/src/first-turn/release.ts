/** @file First turn, release: version, gate, approvals, endpoint, and its latency under real requests. */
import type {
  Approval,
  DatasetVersion,
  Endpoint,
  Gate,
  GateCheck,
  LatencyWindow,
  Version,
} from '@capstan/api'
import { type TestPictures, testPictures } from '../data/test-pictures.ts'
import { infer, inputOf } from '../inference/infer.ts'
import { Interrupted } from '../interrupt.ts'
import { bar } from '../terminal/bar.ts'
import { modelName } from './plan.ts'
import type { Trained } from './run.ts'
import type { Team } from './team.ts'
import { clientOf, completeTask, ensure, startTask, type Turn } from './turn.ts'

export interface Release {
  version: Version
  gate: GateCheck | null
  /** Null when the gate was not met: nothing is served. */
  served: { endpoint: Endpoint; window: LatencyWindow; pictures: TestPictures } | null
}

type Metric = Gate['rules'][number]['metric']

/** Different pictures, one after the other over one connection; the first requests count like the others. */
const measuredRequests = 400

export async function release(
  turn: Turn,
  { run }: Trained,
  { tasks, members }: Team,
  data: DatasetVersion,
): Promise<Release> {
  const client = clientOf(turn)
  const { screen, say, signal } = turn.context
  screen.heading(say('turn.release'))
  const found = (await client.registry.models()).flatMap(({ versions }) => versions)
  let version =
    found.find(({ runId, modelName: name }) => runId === run.id && name === modelName) ??
    (await client.registry.register({ body: { modelName, runId: run.id } }))
  await startTask(turn, tasks.release)
  const gate = await client.registry.checkGate({ params: { id: version.id } })
  screen.rows([
    [
      say('turn.version.label'),
      say('turn.versionNumbers', {
        name: `${version.modelName} v${version.number}`,
        bytes: turn.format.bytes(version.bytes),
      }),
    ],
    ...(gate?.results ?? []).map((result): [string, string] => {
      const show = (value: number) =>
        result.metric === 'bytes' ? turn.format.bytes(value) : turn.format.percent(value, 2)
      return [
        say('turn.gate'),
        `${screen.paint(result.result === 'pass' ? 'good' : 'bad', say(`gate.${result.result}`))}  ${say(
          'turn.gateResult',
          {
            metric: say(`metric.${result.metric as Metric}`),
            value: result.value === null ? say('turn.unmeasured') : show(result.value),
            op: result.op === '>=' ? '≥' : '≤',
            limit: show(result.limit).replace(/[.]00%$/, '%'),
          },
        )}`,
      ]
    }),
  ])
  if (gate !== null && !gate.passes) {
    screen.paragraph(screen.paint('warn', say('turn.notReleased')))
    return { version, gate, served: null }
  }
  version = await promote()
  await completeTask(turn, tasks.release)
  const served = await serve()
  await completeTask(turn, tasks.serve, [{ noun: 'endpoint', id: served.endpoint.id }])
  return { version, gate, served }

  async function promote(): Promise<Version> {
    if (version.stage === 'production') return version
    const move = (stage: Version['stage']) =>
      turn.connection.as(members.engineer.id).registry.move({ params: { id: version.id }, body: { stage } })
    if (version.stage === 'candidate') version = await move('staging')
    const approval = await approve()
    screen.rows([
      [
        say('turn.approval'),
        say('turn.approved', {
          requester: nameOf(approval.requestedBy),
          voters: approval.votes
            .map((vote) => say('turn.voter', { name: nameOf(vote.memberId), role: say(`role.${vote.role}`) }))
            .join(say('list.and')),
        }),
      ],
    ])
    return move('production')
  }

  async function approve(): Promise<Approval> {
    let approval = await ensure(
      client.team.approvals(),
      ({ versionId }) => versionId === version.id,
      () =>
        turn.connection
          .as(members.engineer.id)
          .team.requestApproval({ body: { versionId: version.id, requestedBy: members.engineer.id } }),
    )
    for (const [member, role] of [
      [members.lead, 'engineer'],
      [members.reviewer, 'reviewer'],
    ] as const) {
      if (approval.votes.some(({ memberId }) => memberId === member.id)) continue
      const note = turn.plan.text.voteNote
      approval = await turn.connection.as(member.id).team.vote({
        params: { id: approval.id },
        body: { memberId: member.id, role, vote: 'approve', note, origin: 'demonstration' },
      })
    }
    return approval
  }

  async function serve(): Promise<NonNullable<Release['served']>> {
    await startTask(turn, tasks.serve)
    const created = await ensure(
      client.serving.list(),
      ({ name, versionId }) => name === modelName && versionId === version.id,
      () =>
        turn.connection
          .as(members.engineer.id)
          .serving.create({ body: { name: modelName, versionId: version.id } }),
    )
    const pictures = await testPictures(client, data)
    const window = created.windows.at(-1) ?? (await measure(created, pictures))
    const { format } = turn
    screen.rows([
      [say('turn.endpoint'), `${turn.connection.address}/v2/models/${modelName}/infer (${created.provider})`],
      [
        say('turn.latency'),
        say('turn.latencyNumbers', {
          p50: format.milliseconds(window.p50),
          p95: format.milliseconds(window.p95),
          low: format.milliseconds(window.interval[0]),
          high: format.milliseconds(window.interval[1]),
          p99: format.milliseconds(window.p99),
          requests: format.number(window.requests),
        }),
      ],
    ])
    return { endpoint: created, window, pictures }
  }

  async function measure(endpoint: Endpoint, pictures: TestPictures): Promise<LatencyWindow> {
    const input = await inputOf(turn.connection, modelName)
    for (let i = 0; i < measuredRequests; i++) {
      if (signal.aborted) throw new Interrupted()
      if (i % 20 === 0) screen.status(say('turn.measuring', { bar: bar(i / measuredRequests, 28) }))
      await infer(turn.connection, modelName, input, pictures.pixels(i % pictures.count), pictures.shape)
    }
    screen.status('')
    return client.serving.closeWindow({ params: { id: endpoint.id }, body: {} })
  }

  function nameOf(id: string): string {
    return Object.values(members).find((member) => member.id === id)?.name ?? id
  }
}
