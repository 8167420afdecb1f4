/** @file `capstan tasks`, `approvals`, `decisions` and `load`: the work of the team. */
import { CapstanError, type Client, type Member, type Task, TaskState } from '@capstan/api'
import { type Context, sentence } from '../context.ts'
import { onServer, type Shared } from '../runs/on-server.ts'
import { formatIn } from '../terminal/format.ts'

/** A word that names one of several by identifier or by name. */
export function named<T extends { id: string }>(
  all: readonly T[],
  noun: string,
  word: string,
  nameOf: (one: T) => string,
): T {
  const found =
    all.find(({ id }) => id === word) ?? all.find((one) => nameOf(one).toLowerCase() === word.toLowerCase())
  if (!found) throw new CapstanError('request/not-found', { noun, id: word })
  return found
}

export const memberNamed = async (client: Client, word: string): Promise<Member> =>
  named(await client.members.list(), 'member', word, ({ name }) => name)

const taskNamed = async (client: Client, word: string): Promise<Task> =>
  named(await client.team.tasks(), 'task', word, ({ title }) => title)

/** Prints what was made as JSON where that is wanted, else a line about it. */
function told(context: Context, { json }: Shared, made: unknown, text: string): void {
  context.screen.line(json ? JSON.stringify(made, null, 2) : text)
}

type TaskFilter = Shared & {
  state?: Task['state']
  assignee?: string
  open?: true
  overdue?: true
  text?: string
}

export const listTasks = (context: Context, options: TaskFilter): Promise<number> =>
  onServer(context, options, async ({ client }) => {
    const { screen, say } = context
    const { state, assignee, open, overdue, text, json } = options
    const assigneeId = assignee === undefined ? undefined : (await memberNamed(client, assignee)).id
    const query = { state, assigneeId, open, overdue, text }
    const all = await client.team.tasks({ query: known(query) })
    if (json) return screen.line(JSON.stringify(all, null, 2))
    if (all.length === 0) return screen.line(say('team.noTasks'))
    const people = new Map((await client.members.list()).map(({ id, name }) => [id, name]))
    const format = formatIn(context.language, (await client.workspace.get()).currency)
    screen.table([
      [
        'Id',
        say('team.task'),
        say('team.state'),
        say('team.assignee'),
        say('team.due'),
        say('team.estimate'),
      ],
      ...all.map((task) => [
        ...[task.id, task.title, say(`team.state.${task.state}`)],
        ...[
          people.get(task.assigneeId ?? '') ?? '–',
          task.due ?? '–',
          format.amount(task.estimateDays, 'day', 1),
        ],
      ]),
    ])
  })

const known = <T extends object>(given: T) =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }

type TaskGiven = Shared & {
  assignee?: string
  initiative?: string
  estimate?: number
  due?: string
  priority?: Task['priority']
  after: string[]
}

export const addTask = (context: Context, title: string, options: TaskGiven): Promise<number> =>
  onServer(context, options, async ({ client }) => {
    const { assignee, initiative, estimate, due, priority, after } = options
    const bets = initiative === undefined ? [] : await client.strategy.initiatives({})
    const body = {
      title,
      ...(assignee === undefined ? {} : { assigneeId: (await memberNamed(client, assignee)).id }),
      ...(initiative === undefined
        ? {}
        : { initiativeId: named(bets, 'initiative', initiative, ({ name }) => name).id }),
      ...known({ estimateDays: estimate, due, priority }),
      dependsOn: await Promise.all(after.map(async (word) => (await taskNamed(client, word)).id)),
    }
    const task = await client.team.createTask({ body })
    told(context, options, task, context.say('team.added', { title: task.title, id: task.id }))
  })

export const moveTask = (
  context: Context,
  word: string,
  state: string,
  options: Shared & { days?: number },
): Promise<number> =>
  onServer(context, options, async ({ client }) => {
    const to = TaskState.safeParse(state)
    if (!to.success)
      throw new CapstanError('cli/usage', {
        detail: context.say('usage.taskState', { value: state, values: TaskState.options.join(', ') }),
      })
    const { id } = await taskNamed(client, word)
    const body = { state: to.data, ...known({ actualDays: options.days }) }
    const task = await client.team.moveTask({ params: { id }, body })
    const values = { title: task.title, state: context.say(`team.state.${task.state}`) }
    told(context, options, task, context.say('team.moved', values))
  })

export const commentTask = (
  context: Context,
  word: string,
  text: string,
  options: Shared & { as: string },
): Promise<number> =>
  onServer(context, options, async ({ client }) => {
    const { id, title } = await taskNamed(client, word)
    const { id: authorId } = await memberNamed(client, options.as)
    const body = { subject: { noun: 'task' as const, id }, authorId, text }
    told(context, options, await client.comments.create({ body }), context.say('team.commented', { title }))
  })

export const listApprovals = (context: Context, options: Shared & { open?: true }): Promise<number> =>
  onServer(context, options, async ({ client }) => {
    const { screen, say, language } = context
    const all = await client.team.approvals({ query: options.open ? { state: 'open' } : {} })
    if (options.json) return screen.line(JSON.stringify(all, null, 2))
    if (all.length === 0) return screen.line(say('team.noApprovals'))
    screen.table([
      ['Id', say('team.approval'), say('team.state'), say('team.missing')],
      ...all.map(({ id, title, state, missing }) => [
        ...[id, title, say(`team.approval.${state}`)],
        missing ? sentence(missing, language) : '',
      ]),
    ])
  })

export const voteOn = (
  context: Context,
  id: string,
  vote: 'approve' | 'reject',
  options: Shared & { as: string; role?: string; note?: string },
): Promise<number> =>
  onServer(context, options, async ({ client }) => {
    const member = await memberNamed(client, options.as)
    const approval = named(await client.team.approvals(), 'approval', id, ({ title }) => title)
    const policy = (await client.team.policies()).find((one) => one.id === approval.policyId)
    // of several roles the one that the policy asks for
    const role =
      member.roles.find((one) => one === options.role) ??
      member.roles.find((one) => policy?.roles.includes(one)) ??
      member.roles[0]!
    const body = { memberId: member.id, role, vote, ...known({ note: options.note }) }
    const voted = await client.team.vote({ params: { id: approval.id }, body })
    const values = { title: voted.title, state: context.say(`team.approval.${voted.state}`) }
    told(context, options, voted, context.say('team.voted', values))
  })

export const listDecisions = (context: Context, options: Shared): Promise<number> =>
  onServer(context, options, async ({ client }) => {
    const { screen, say } = context
    const all = await client.team.decisions()
    if (options.json) return screen.line(JSON.stringify(all, null, 2))
    if (all.length === 0) return screen.line(say('team.noDecisions'))
    const format = formatIn(context.language, (await client.workspace.get()).currency)
    screen.table([
      ['Id', say('team.decision'), say('team.chosen'), say('team.expected'), say('team.score')],
      ...all.map(({ id, title, chosen, expectation, score }) => [
        ...[id, title, chosen],
        expectation?.chance !== undefined
          ? format.chance(expectation.chance)
          : expectation?.low !== undefined && expectation.high !== undefined
            ? `${format.number(expectation.low, 3)} – ${format.number(expectation.high, 3)}`
            : '–',
        score ? `${score.rule} ${format.number(score.value, 3)}` : '–',
      ]),
    ])
  })

type DecisionGiven = Shared & {
  option: string[]
  chosen: string
  as: string
  reason?: string
  chance?: number
  low?: number
  high?: number
}

export const recordDecision = (context: Context, title: string, options: DecisionGiven): Promise<number> =>
  onServer(context, options, async ({ client }) => {
    const { chance, low, high, reason, chosen, option } = options
    const { id: decidedBy } = await memberNamed(client, options.as)
    const stated = known({ chance, low, high })
    const body = {
      ...{ title, options: option, chosen, decidedBy },
      ...known({ reason }),
      ...(Object.keys(stated).length > 0 ? { expectation: stated } : {}),
    }
    const made = await client.team.decide({ body })
    told(context, options, made, context.say('team.decided', { title: made.title, id: made.id }))
  })

export const recordOutcome = (
  context: Context,
  word: string,
  outcome: string,
  options: Shared & { as: string },
): Promise<number> =>
  onServer(context, options, async ({ client }) => {
    const { id } = named(await client.team.decisions(), 'decision', word, ({ title }) => title)
    const { id: recordedBy } = await memberNamed(client, options.as)
    const value = Number(outcome)
    if (outcome !== 'met' && outcome !== 'missed' && (outcome.trim() === '' || !Number.isFinite(value)))
      throw new CapstanError('cli/usage', { detail: context.say('usage.outcome', { value: outcome }) })
    const came = outcome === 'met' ? { met: true } : outcome === 'missed' ? { met: false } : { value }
    const { title, score, ...rest } = await client.team.recordOutcome({
      params: { id },
      body: { recordedBy, ...came },
    })
    const format = formatIn(context.language, (await client.workspace.get()).currency)
    const shown = score ? `${score.rule} ${format.number(score.value, 3)}` : '–'
    told(context, options, { ...rest, id, title, score }, context.say('team.scored', { title, score: shown }))
  })

export const showLoad = (context: Context, options: Shared): Promise<number> =>
  onServer(context, options, async ({ client }) => {
    const { screen, say } = context
    const [load, buses] = [await client.team.load(), await client.team.busFactors()]
    if (options.json) return screen.line(JSON.stringify({ load, busFactors: buses }, null, 2))
    const people = new Map((await client.members.list()).map(({ id, name }) => [id, name]))
    const format = formatIn(context.language, (await client.workspace.get()).currency)
    const cell = (one: { assignedDays: number; capacityDays: number; over: boolean }) => {
      const text = `${format.number(one.assignedDays, 1)} / ${format.number(one.capacityDays, 1)}`
      return one.over ? `${text} !` : text
    }
    screen.table([
      ['', ...load.periods.map(({ from }) => from)],
      ...load.members.map(({ memberId, periods }) => [
        people.get(memberId) ?? memberId,
        ...periods.map(cell),
      ]),
      ...load.skills.map(({ skill, periods }) => [`(${skill})`, ...periods.map(cell)]),
    ])
    if (load.unassignedDays > 0)
      screen.line(say('team.unassigned', { days: format.number(load.unassignedDays, 1) }))
    const bets = new Map((await client.strategy.initiatives({})).map(({ id, name }) => [id, name]))
    for (const { initiativeId, factor, people: who } of buses) {
      const shares = who.map(({ name, share }) => `${name} ${format.percent(share, 0)}`).join(', ')
      screen.line(say('team.bus', { name: bets.get(initiativeId) ?? initiativeId, factor, shares }))
    }
  })
