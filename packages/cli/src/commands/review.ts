/** @file `capstan review`: takes reviews, shows and decides their proposals, asks what if, and tells the history of turns. */
import { CapstanError, type Client, type Proposal, type Review } from '@capstan/api'
import type { Context } from '../context.ts'
import { drawDecided, drawHistory, drawReview, drawWhatIf, type Pen } from '../reviews/draw.ts'
import { changeFrom, editFrom } from '../reviews/words.ts'
import { onServer, type Shared } from '../runs/on-server.ts'
import { formatIn } from '../terminal/format.ts'

/** Reads or changes, then prints the answer as JSON or as it is drawn. */
function answered<T>(
  context: Context,
  options: Shared,
  ask: (client: Client) => Promise<T>,
  draw: (pen: Pen, answer: T, client: Client) => unknown,
): Promise<number> {
  return onServer(context, options, async ({ client }) => {
    const answer = await ask(client)
    if (options.json) return context.screen.line(JSON.stringify(answer, null, 2))
    const { currency } = await client.workspace.get()
    await draw({ context, currency, format: formatIn(context.language, currency) }, answer, client)
  })
}

const show = async (pen: Pen, review: Review, client: Client) => {
  const { number, name } = await client.cycles.get({ params: { id: review.cycleId } })
  drawReview(pen, review, `${number} (${name})`)
}

export const take = (context: Context, options: Shared): Promise<number> =>
  answered(context, options, (client) => client.review.create({ body: {} }), show)

export const showReview = (context: Context, id: string | undefined, options: Shared): Promise<number> =>
  answered(context, options, (client) => reviewOf(client, id), show)

async function reviewOf(client: Client, id?: string): Promise<Review> {
  if (id !== undefined) return client.review.get({ params: { id } })
  const [newest] = await client.review.list({ query: { limit: 1 } })
  if (!newest) throw new CapstanError('request/not-found', { noun: 'review', id: 'newest' })
  return newest
}

export const propose = (
  context: Context,
  kind: string,
  words: string[],
  options: Shared & { note: string },
): Promise<number> =>
  answered(
    context,
    options,
    async (client) => {
      const change = await changeFrom(context, client, kind, words)
      const { id } = await reviewOf(client)
      return client.review.propose({ params: { id }, body: { change, note: options.note } })
    },
    async (pen, _, client) => show(pen, await reviewOf(client), client),
  )

interface Opens {
  next?: boolean
  sameCycle?: boolean
}

const opens = ({ next, sameCycle }: Opens) =>
  sameCycle ? { opens: 'same' as const } : next ? { opens: 'next' as const } : {}

export const decide = (
  context: Context,
  reference: string,
  decision: string,
  options: Shared & Opens & { note: string; with: string[] },
): Promise<number> =>
  answered(
    context,
    options,
    async (client) => {
      if (decision !== 'accept' && decision !== 'reject')
        throw new CapstanError('cli/usage', { detail: context.say('usage.verdict', { decision }) })
      const proposal = proposalOf(context, await reviewOf(client), reference)
      const edit = editFrom(context, options.with)
      return client.review.decide({
        params: { id: proposal.id },
        body: { decision, note: options.note, ...(edit ? { edit } : {}), ...opens(options) },
      })
    },
    ({ context, ...pen }, { proposal, cycle }) => {
      drawDecided({ context, ...pen }, [proposal])
      context.screen.line(context.say('review.inCycle', { number: cycle.number, name: cycle.name }))
    },
  )

/** By its number in the review that is shown, or by its identifier. */
function proposalOf({ say }: Context, { proposals, id }: Review, reference: string): Proposal {
  const found = /^\d+$/.test(reference)
    ? proposals[Number(reference) - 1]
    : proposals.find((proposal) => proposal.id === reference)
  if (found) return found
  throw new CapstanError('cli/usage', {
    detail: say('usage.proposal', { reference, review: id, count: proposals.length }),
  })
}

interface Chosen extends Shared, Opens {
  accept: string[]
  with: string[]
}

/** `all`, `rest` (what the other list does not name), or proposals. */
function chosen(
  context: Context,
  review: Review,
  words: readonly string[],
  others: readonly string[],
): Proposal[] {
  const open = review.proposals.filter(({ state }) => state === 'open')
  const named = (list: readonly string[]) =>
    list
      .flatMap((word) => word.split(','))
      .filter((word) => word !== 'all' && word !== 'rest' && word !== '')
      .map((word) => proposalOf(context, review, word))
  if (words.includes('all')) return open
  const taken = new Set(named(others).map(({ id }) => id))
  return words.includes('rest') ? open.filter(({ id }) => !taken.has(id)) : named(words)
}

/** `2:to=0.95`: the second proposal with another number. */
function edits(context: Context, review: Review, words: readonly string[]) {
  const found = new Map<string, string[]>()
  for (const word of words) {
    const [, reference = '', text = ''] = /^([^:]+):(.+)$/.exec(word) ?? []
    if (reference === '')
      throw new CapstanError('cli/usage', { detail: context.say('usage.with', { text: word }) })
    const { id } = proposalOf(context, review, reference)
    found.set(id, [...(found.get(id) ?? []), text])
  }
  return (id: string) => {
    const edit = editFrom(context, found.get(id) ?? [])
    return edit ? { edit } : {}
  }
}

export const whatIf = (
  context: Context,
  options: Chosen & { change: string[]; resolve: boolean },
): Promise<number> =>
  answered(
    context,
    options,
    async (client) => {
      const changes = []
      for (const text of options.change) {
        const [kind = '', ...words] = split(text)
        changes.push(await changeFrom(context, client, kind, words))
      }
      const review = options.accept.length > 0 ? await reviewOf(client) : null
      const asked = review ? chosen(context, review, options.accept, []) : []
      const editOf = review ? edits(context, review, options.with) : () => ({})
      if (asked.length + changes.length === 0 && !options.next)
        throw new CapstanError('cli/usage', { detail: context.say('usage.reviewWhatIf') })
      return client.review.whatIf({
        body: {
          proposals: asked.map(({ id }) => ({ id, ...editOf(id) })),
          ...{ changes, resolve: options.resolve, opens: options.next ? 'next' : 'same' },
        },
      })
    },
    drawWhatIf,
  )

/** Words of one text; quotation marks keep a name together. */
const split = (text: string): string[] =>
  [...text.matchAll(/(?:[^\s"]|"[^"]*")+/g)].map(([word]) => word.replaceAll('"', ''))

export const apply = (
  context: Context,
  options: Chosen & { reject: string[]; note: string },
): Promise<number> =>
  answered(
    context,
    options,
    async (client) => {
      const review = await reviewOf(client)
      const editOf = edits(context, review, options.with)
      const verdicts = (decision: 'accept' | 'reject', words: string[], others: string[]) =>
        chosen(context, review, words, others).map(({ id }) => ({
          ...{ proposalId: id, decision, note: options.note },
          ...(decision === 'accept' ? editOf(id) : {}),
        }))
      const decisions = [
        ...verdicts('accept', options.accept, options.reject),
        ...verdicts('reject', options.reject, options.accept),
      ]
      return client.review.decideAll({ params: { id: review.id }, body: { decisions, ...opens(options) } })
    },
    ({ context, ...pen }, { review, cycle }) => {
      drawDecided(
        { context, ...pen },
        review.proposals.filter(({ state }) => state !== 'open'),
      )
      context.screen.line(context.say('review.inCycle', { number: cycle.number, name: cycle.name }))
    },
  )

export const history = (context: Context, options: Shared): Promise<number> =>
  answered(context, options, (client) => client.review.history(), drawHistory)
