/** @file `capstan pools`, `allocation`, `budgets`, `ledger` and `runway`: what there is, what it goes to, how long it lasts. */
import { readFile, writeFile } from 'node:fs/promises'
import { type AllocationChange, CapstanError, type Client } from '@capstan/api'
import { type Context, sentence } from '../context.ts'
import { onServer } from '../runs/on-server.ts'
import { type Format, formatIn } from '../terminal/format.ts'

interface Shared {
  workspace: string
  json?: boolean
}

type Work = (client: Client, format: Format, currency: string) => Promise<unknown>

/** Shows what `work` draws, or what it answers as JSON. */
function shown(
  context: Context,
  { workspace, json }: Shared,
  read: (client: Client) => Promise<unknown>,
  draw: Work,
) {
  return onServer(context, { workspace }, async ({ client }) => {
    if (json) return context.screen.line(JSON.stringify(await read(client), null, 2))
    const { currency } = await client.workspace.get()
    await draw(client, formatIn(context.language, currency), currency)
  })
}

export function pools(context: Context, options: Shared): Promise<number> {
  const { screen, say } = context
  return shown(
    context,
    options,
    (client) => client.resources.pools(),
    async (client, format) => {
      const all = await client.resources.pools()
      if (all.length === 0) return screen.line(say('resources.noPools'))
      screen.table([
        [say('resources.pool'), say('resources.kind'), say('resources.rate'), say('resources.capacity')],
        ...all.map(({ name, kind, unit, rate, skill, device, capacity }) => [
          `${name}${skill ? ` (${skill})` : device ? ` (${device})` : ''}`,
          say(`resources.kind.${kind}`),
          kind === 'cash' ? '' : `${format.money(rate)} / ${unit}`,
          capacity.map((amount) => format.amount(amount, unit, 1)).join(' · '),
        ]),
      ])
    },
  )
}

const cycleOf = async (client: Client): Promise<string> => {
  const cycle = (await client.cycles.list()).find(({ state }) => state !== 'closed')
  if (!cycle) throw new CapstanError('request/not-found', { noun: 'cycle', id: 'open' })
  return cycle.id
}

/** Options of the command line as changes; names stand for identifiers. */
export interface WhatIfOptions extends Shared {
  lambda?: number
  more: string[]
  must: string[]
  never: string[]
  leave: string[]
}

export function whatIf(context: Context, options: WhatIfOptions): Promise<number> {
  const { screen, say, language } = context
  return onServer(context, options, async ({ client }) => {
    const changes = await changesOf(context, client, options)
    const answer = await client.resources.whatIf({
      body: { cycleId: await cycleOf(client), lambda: options.lambda ?? 0.2, changes },
    })
    if (options.json) return screen.line(JSON.stringify(answer, null, 2))
    const { currency } = await client.workspace.get()
    const format = formatIn(language, currency)
    screen.line(sentence(answer.message, language, currency))
    for (const conflict of answer.after.conflict ?? [])
      screen.line(`  ${sentence(conflict, language, currency)}`)
    const row = (label: string, before: string, after: string): [string, string] => [
      label,
      `${before} → ${after}`,
    ]
    const { before, after, chance } = answer
    screen.rows([
      row(say('resources.value'), format.money(before.expectedValue), format.money(after.expectedValue)),
      row(say('resources.risk'), format.money(before.cvar), format.money(after.cvar)),
      row(say('resources.chance'), format.chance(chance.before), format.chance(chance.after)),
    ])
  })
}

async function changesOf(
  { say }: Context,
  client: Client,
  { more, must, never, leave, lambda }: WhatIfOptions,
): Promise<AllocationChange[]> {
  const [allPools, initiatives, members] = [
    await client.resources.pools(),
    await client.strategy.initiatives({}),
    await client.members.list(),
  ]
  const idOf = (all: readonly { id: string; name: string }[], noun: string, word: string): string => {
    const found = all.find(({ id, name }) => id === word || name.toLowerCase() === word.toLowerCase())
    if (!found) throw new CapstanError('request/not-found', { noun, id: word })
    return found.id
  }
  const changes: AllocationChange[] = [
    ...more.map((text): AllocationChange => {
      const [, pool = '', by, period] = /^(.+)=([+-]?\d+(?:\.\d+)?)(?:@(\d+))?$/.exec(text) ?? []
      if (by === undefined) throw new CapstanError('cli/usage', { detail: say('usage.more', { text }) })
      const poolId = idOf(allPools, 'pool', pool)
      return { kind: 'capacity', poolId, by: Number(by), ...(period ? { period: Number(period) - 1 } : {}) }
    }),
    ...must.map(
      (word): AllocationChange => ({
        kind: 'must',
        initiativeId: idOf(initiatives, 'initiative', word),
      }),
    ),
    ...never.map(
      (word): AllocationChange => ({
        kind: 'never',
        initiativeId: idOf(initiatives, 'initiative', word),
      }),
    ),
    ...leave.map(
      (word): AllocationChange => ({
        kind: 'leave',
        memberId: idOf(members, 'member', word),
        period: 0,
      }),
    ),
  ]
  if (changes.length > 0) return changes
  if (lambda !== undefined) return [{ kind: 'lambda', lambda }]
  throw new CapstanError('cli/usage', { detail: say('usage.whatIf') })
}

export function solve(
  context: Context,
  options: Shared & { lambda: number; approve?: boolean },
): Promise<number> {
  const { screen, language } = context
  return onServer(context, options, async ({ client }) => {
    const solved = await client.resources.solve({
      body: { cycleId: await cycleOf(client), lambda: options.lambda },
    })
    const allocation = options.approve
      ? await client.resources.approve({ params: { id: solved.id }, body: {} })
      : solved
    if (options.json) return screen.line(JSON.stringify(allocation, null, 2))
    const { currency } = await client.workspace.get()
    const { result } = allocation
    screen.line(sentence(result.explanation, language, currency))
    for (const conflict of result.conflict ?? []) screen.line(`  ${sentence(conflict, language, currency)}`)
    const names = new Map((await client.strategy.initiatives({})).map(({ id, name }) => [id, name]))
    screen.rows(
      result.rejected.map(({ initiativeId, reason }): [string, string] => [
        names.get(initiativeId) ?? initiativeId,
        sentence(reason, language, currency),
      ]),
    )
  })
}

export function budgets(context: Context, options: Shared): Promise<number> {
  const { screen, say, language } = context
  return shown(
    context,
    options,
    (client) => client.resources.burnDown({}),
    async (client, format, currency) => {
      const paths = await client.resources.burnDown({})
      if (paths.length === 0) return screen.line(say('resources.noBudgets'))
      const names = new Map(
        [...(await client.strategy.initiatives({})), ...(await client.resources.pools())].map((one) => [
          one.id,
          one.name,
        ]),
      )
      for (const { budget, forecast } of paths) {
        const { initiativeId, poolId, used, amount, unit } = budget
        screen.heading(`${names.get(initiativeId) ?? initiativeId} · ${names.get(poolId) ?? poolId}`)
        screen.rows([
          [say('resources.used'), `${format.amount(used, unit, 2)} / ${format.amount(amount, unit, 2)}`],
          [say(`resources.state.${forecast.state}`), sentence(forecast.message, language, currency)],
        ])
      }
    },
  )
}

export function ledger(context: Context, options: Shared & { limit: number }): Promise<number> {
  const { screen, say } = context
  const query = { limit: options.limit }
  return shown(
    context,
    options,
    (client) => client.resources.ledger({ query }),
    async (client, format) => {
      const [entries, allPools] = [await client.resources.ledger({ query }), await client.resources.pools()]
      if (entries.length === 0) return screen.line(say('resources.noLedger'))
      screen.table([
        [
          say('resources.at'),
          say('resources.pool'),
          say('resources.quantity'),
          say('turn.cost'),
          say('resources.from'),
        ],
        ...entries.map(({ at, poolId, quantity, unit, cost, evidence, origin }) => [
          at.slice(0, 16).replace('T', ' '),
          allPools.find(({ id }) => id === poolId)?.name ?? poolId,
          format.amount(quantity, unit, 2),
          format.money(cost),
          `${evidence.noun} ${evidence.id}${origin === 'typed' ? ` (${say('resources.typed')})` : ''}`,
        ]),
      ])
    },
  )
}

export function exportFocus(context: Context, file: string, options: Shared): Promise<number> {
  const { screen, say } = context
  return onServer(context, options, async ({ client }) => {
    const bytes = (await client.resources.focus({})) as Uint8Array
    await writeFile(file, bytes).catch((error: Error) => {
      throw new CapstanError('cli/usage', { detail: say('usage.cannotWrite', { file, why: error.message }) })
    })
    screen.line(say('resources.written', { file }))
  })
}

export function runway(context: Context, options: Shared & { plan?: string }): Promise<number> {
  const { screen, say, language } = context
  return onServer(context, options, async ({ client }) => {
    if (options.plan !== undefined) await plan(context, client, options.plan)
    const found = await client.runway.get({})
    if (options.json) return screen.line(JSON.stringify(found, null, 2))
    const { currency } = await client.workspace.get()
    const format = formatIn(language, currency)
    screen.line(sentence(found.message, language, currency))
    if (!found.result) return
    const { dates, netBurn, milestones } = found.result
    screen.rows([
      [say('resources.netBurn'), format.money(netBurn)],
      [say('resources.out'), `${dates.p05 ?? '–'} · ${dates.p50 ?? '–'} · ${dates.p95 ?? '–'}`],
      ...(found.measured
        ? [
            [
              say('resources.measuredRuns'),
              say('resources.measuredMonth', {
                amount: format.money(found.measured.mean / (1 - found.measured.failureShare)),
                failed: format.percent(found.measured.failureShare),
              }),
            ] as [string, string],
          ]
        : []),
      ...milestones.map(({ name, date, chance }): [string, string] => [
        `${name}, ${date}`,
        chance === null ? '–' : format.chance(chance),
      ]),
    ])
  })
}

async function plan({ say }: Context, client: Client, file: string): Promise<void> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new CapstanError('cli/usage', { detail: say('usage.cannotRead', { file, why: error.message }) })
  })
  let body: Parameters<Client['runway']['set']>[0]['body']
  try {
    body = JSON.parse(text)
  } catch {
    throw new CapstanError('cli/usage', { detail: say('usage.fieldJson', { field: file }) })
  }
  const before = (await client.runway.get({})).plan
  await client.runway.set({ body: { revision: before?.revision, ...body } })
}
