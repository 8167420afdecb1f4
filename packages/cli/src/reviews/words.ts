/** @file Reads a change of the plan from words: `extend-pool pool=GPU amount=40`. Names stand for identifiers. */
import { CapstanError, type ChangeEdit, type Client, PlanChange } from '@capstan/api'
import type { Context } from '../context.ts'

type Kind = PlanChange['kind']
type Noun = 'key result' | 'initiative' | 'pool' | 'risk' | 'member' | 'mitigation'

/** Each kind's words: what they name, or that they are a number; and where they go in the change. */
const words = {
  'change-target': { 'key-result': ['keyResultId', 'key result'], to: ['to', 'number'] },
  'move-compute': {
    pool: ['poolId', 'pool'],
    from: ['fromInitiativeId', 'initiative'],
    to: ['toInitiativeId', 'initiative'],
    amount: ['amount', 'number'],
  },
  'stop-initiative': { initiative: ['initiativeId', 'initiative'] },
  'start-initiative': { initiative: ['initiativeId', 'initiative'], start: ['start', 'number'] },
  'change-risk': { risk: ['riskId', 'risk'], to: ['to', 'number'] },
  'change-chance': { initiative: ['initiativeId', 'initiative'], to: ['to', 'number'] },
  're-estimate': {
    initiative: ['initiativeId', 'initiative'],
    pool: ['poolId', 'pool'],
    to: ['to', 'number'],
  },
  're-base': { member: ['memberId', 'member'], subject: ['subject', 'text'], factor: ['factor', 'number'] },
  'extend-pool': { pool: ['poolId', 'pool'], amount: ['amount', 'number'] },
  'adopt-mitigation': { mitigation: ['mitigationId', 'mitigation'] },
  measure: { 'key-result': ['keyResultId', 'key result'] },
} as const satisfies Record<Kind, Record<string, readonly [string, Noun | 'number' | 'text']>>

export const kinds = Object.keys(words) as Kind[]

/** @throws {CapstanError} `cli/usage` for words that are missing or wrong, `request/not-found` for unknown names */
export async function changeFrom(
  { say }: Context,
  client: Client,
  kind: string,
  given: readonly string[],
): Promise<PlanChange> {
  const known: Record<string, readonly [string, string]> | undefined = words[kind as Kind]
  if (!known)
    throw new CapstanError('cli/usage', {
      detail: say('usage.changeKind', { kind, kinds: kinds.join(', ') }),
    })
  const wanted = Object.keys(known)
    .map((word) => `${word}=…`)
    .join(' ')
  const change: Record<string, unknown> = { kind }
  for (const text of given) {
    const [, word = '', value = ''] = /^([\w-]+)=(.*)$/s.exec(text) ?? []
    const field = known[word]
    if (!field)
      throw new CapstanError('cli/usage', { detail: say('usage.changeWord', { kind, text, wanted }) })
    const [target, noun] = field
    change[target] =
      noun === 'number'
        ? numberOf(say, word, value)
        : noun === 'text'
          ? value
          : (await named(client, noun as Noun, value)).id
  }
  const missing = Object.entries(known).filter(
    ([word, [target]]) => change[target] === undefined && word !== 'start',
  )
  if (missing.length > 0)
    throw new CapstanError('cli/usage', { detail: say('usage.changeMissing', { kind, wanted }) })
  return PlanChange.parse(await spread(client, change))
}

/** A frequency and a chance are said as one number, and keep the width of what is believed now. */
async function spread(client: Client, change: Record<string, unknown>): Promise<Record<string, unknown>> {
  const to = change.to as number
  if (change.kind === 'change-risk') {
    const { frequency } = await named(client, 'risk', change.riskId as string)
    return 'rate' in frequency
      ? { ...change, to: { rate: to } }
      : { ...change, to: { alpha: frequency.alpha, beta: frequency.alpha / to } }
  }
  if (change.kind === 'change-chance') {
    const { chance } = await named(client, 'initiative', change.initiativeId as string)
    const weight = chance.alpha + chance.beta
    return { ...change, to: { alpha: weight * to, beta: weight * (1 - to) } }
  }
  return change
}

const lists = {
  'key result': async (client: Client) =>
    (await client.strategy.keyResults({})).map((k) => ({ ...k, name: k.title })),
  initiative: (client: Client) => client.strategy.initiatives({}),
  pool: (client: Client) => client.resources.pools(),
  risk: (client: Client) => client.risk.list(),
  member: (client: Client) => client.members.list(),
  mitigation: async (client: Client) =>
    (await client.review.whatIf({ body: { resolve: false, opens: 'same' } })).before.mitigations,
} satisfies Record<Noun, (client: Client) => Promise<readonly { id: string; name: string }[]>>

type Named<N extends Noun> = Awaited<ReturnType<(typeof lists)[N]>>[number]

async function named<N extends Noun>(client: Client, noun: N, word: string): Promise<Named<N>> {
  const all: readonly { id: string; name: string }[] = await lists[noun](client)
  const found = all.find(({ id, name }) => id === word || name.toLowerCase() === word.toLowerCase())
  if (!found) throw new CapstanError('request/not-found', { noun, id: word })
  return found as Named<N>
}

function numberOf(say: Context['say'], word: string, value: string): number {
  const number = Number(value)
  if (value.trim() !== '' && Number.isFinite(number)) return number
  throw new CapstanError('cli/usage', { detail: say('usage.changeNumber', { word, value }) })
}

/** `to=0.95` as other numbers than the proposed ones. */
export function editFrom(context: Context, given: readonly string[]): ChangeEdit | undefined {
  const edit: Record<string, number> = {}
  for (const text of given) {
    const [, word = '', value = ''] = /^(to|amount|start|factor)=(.*)$/.exec(text) ?? []
    if (word === '') throw new CapstanError('cli/usage', { detail: context.say('usage.edit', { text }) })
    edit[word] = numberOf(context.say, word, value)
  }
  return given.length === 0 ? undefined : edit
}
