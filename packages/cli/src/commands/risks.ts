/** @file `capstan risks`: the register, the catalogue, simulations, mitigations, incidents and the appetite. */
import type { Client, Loss, Mitigation, Risk, StatedFrequency } from '@capstan/api'
import type { Context } from '../context.ts'
import {
  drawAppetite,
  drawCatalogue,
  drawIncidents,
  drawIndicators,
  drawMitigations,
  drawRisks,
  drawSimulation,
  drawTornado,
  type Pen,
} from '../risks/draw.ts'
import { appetiteFrom, frequencyFrom, lossFrom, named } from '../risks/words.ts'
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

const riskOf = async (client: Client, reference: string): Promise<Risk> =>
  named(await client.risk.list(), 'risk', reference, ({ name }) => name)

const memberOf = async (client: Client, reference: string): Promise<string> =>
  named(await client.members.list(), 'member', reference, ({ name }) => name).id

export const list = (context: Context, options: Shared & { archived?: boolean }): Promise<number> =>
  answered(
    context,
    options,
    (client) => client.risk.list({ query: { archived: options.archived ?? false } }),
    drawRisks,
  )

interface Stated {
  frequency?: string
  loss?: string
  owner?: string
  treatment?: Risk['treatment']
}

async function statedIn(
  context: Context,
  client: Client,
  { frequency, loss, owner, treatment }: Stated,
): Promise<{ frequency?: StatedFrequency; loss?: Loss; ownerId?: string; treatment?: Risk['treatment'] }> {
  return {
    ...(frequency === undefined ? {} : { frequency: frequencyFrom(context, frequency) }),
    ...(loss === undefined ? {} : { loss: lossFrom(context, loss) }),
    ...(owner === undefined ? {} : { ownerId: await memberOf(client, owner) }),
    ...(treatment === undefined ? {} : { treatment }),
  }
}

const drawOne = (pen: Pen, risk: Risk) => drawRisks(pen, [risk])

export const add = (
  context: Context,
  name: string,
  options: Shared & Stated & { frequency: string; loss: string; reason: string[]; description: string },
): Promise<number> =>
  answered(
    context,
    options,
    async (client) =>
      client.risk.create({
        body: {
          ...(await statedIn(context, client, options)),
          ...{ name, description: options.description, reasons: options.reason },
          frequency: frequencyFrom(context, options.frequency),
          loss: lossFrom(context, options.loss),
        },
      }),
    drawOne,
  )

export const edit = (
  context: Context,
  reference: string,
  options: Shared & Stated & { rename?: string; archive?: boolean; restore?: boolean },
): Promise<number> =>
  answered(
    context,
    options,
    async (client) => {
      const query = { archived: options.restore ?? false }
      const all = await client.risk.list({ query })
      const { id, revision } = named(all, 'risk', reference, ({ name }) => name)
      const { rename, archive, restore } = options
      return client.risk.edit({
        params: { id },
        body: {
          revision,
          ...(await statedIn(context, client, options)),
          ...(rename === undefined ? {} : { name: rename }),
          ...(archive ? { archived: true } : restore ? { archived: false } : {}),
        },
      })
    },
    drawOne,
  )

export const catalogue = (context: Context, options: Shared): Promise<number> =>
  answered(
    context,
    options,
    (client) => client.risk.catalogue({ query: { language: context.language } }),
    drawCatalogue,
  )

export const fromCatalogue = (context: Context, key: string, options: Shared & Stated): Promise<number> =>
  answered(
    context,
    options,
    async (client) =>
      client.risk.fromCatalogue({
        params: { key },
        body: { language: context.language, ...(await statedIn(context, client, options)) },
      }),
    drawOne,
  )

export const simulate = (
  context: Context,
  options: Shared & { years: number; seed: number },
): Promise<number> =>
  answered(
    context,
    options,
    (client) => client.risk.simulate({ body: { years: options.years, seed: options.seed } }),
    async (pen, simulation, client) => drawSimulation(pen, simulation, await client.risk.list()),
  )

export const tornado = (context: Context, options: Shared): Promise<number> =>
  answered(
    context,
    options,
    (client) => client.risk.tornado(),
    async (pen, bars, client) => drawTornado(pen, bars, await client.risk.list()),
  )

const drawAll = async (pen: Pen, all: readonly Mitigation[], client: Client) =>
  drawMitigations(pen, all, await client.risk.list())

export const mitigations = (context: Context, options: Shared): Promise<number> =>
  answered(context, options, (client) => client.risk.mitigations({ query: {} }), drawAll)

export const mitigate = (
  context: Context,
  reference: string,
  name: string,
  options: Shared & { frequencyFactor: number; lossFactor: number; cost: number; adopt?: boolean },
): Promise<number> =>
  answered(
    context,
    options,
    async (client) => {
      const { frequencyFactor, lossFactor, cost: annualCost, adopt: adopted = false } = options
      const { id: riskId } = await riskOf(client, reference)
      return client.risk.createMitigation({
        body: { riskId, name, frequencyFactor, lossFactor, annualCost, adopted },
      })
    },
    (pen, made, client) => drawAll(pen, [made], client),
  )

export const adopt = (
  context: Context,
  reference: string,
  options: Shared & { undo?: boolean },
): Promise<number> =>
  answered(
    context,
    options,
    async (client) => {
      const all = await client.risk.mitigations({ query: {} })
      const { id, revision } = named(all, 'mitigation', reference, ({ name }) => name)
      return client.risk.editMitigation({ params: { id }, body: { revision, adopted: !options.undo } })
    },
    (pen, made, client) => drawAll(pen, [made], client),
  )

export const indicators = (context: Context, options: Shared): Promise<number> =>
  answered(
    context,
    options,
    (client) => client.risk.indicators(),
    async (pen, all, client) =>
      drawIndicators(pen, all, await client.risk.list(), await client.measures.list()),
  )

export const watch = (
  context: Context,
  reference: string,
  measure: string,
  options: Shared & { amber: number; red: number; hysteresis?: number },
): Promise<number> =>
  answered(
    context,
    options,
    async (client) => {
      const { amber, red, hysteresis = 0 } = options
      const all = await client.measures.list()
      const { id: measureId } =
        all.find(({ key }) => key === measure) ?? named(all, 'measure', measure, ({ name }) => name)
      const { id: riskId } = await riskOf(client, reference)
      return client.risk.createIndicator({ body: { riskId, measureId, amber, red, hysteresis } })
    },
    async (pen, made, client) =>
      drawIndicators(pen, [made], await client.risk.list(), await client.measures.list()),
  )

export const incidents = (context: Context, options: Shared): Promise<number> =>
  answered(
    context,
    options,
    (client) => client.risk.incidents({ query: {} }),
    async (pen, all, client) => drawIncidents(pen, all, await client.risk.list()),
  )

export const incident = (
  context: Context,
  title: string,
  options: Shared & {
    risk?: string
    loss?: number
    at?: string
    severity: 'low' | 'medium' | 'high' | 'critical'
  },
): Promise<number> =>
  answered(
    context,
    options,
    async (client) => {
      const { risk, loss, at, severity } = options
      return client.risk.openIncident({
        body: {
          ...{ title, severity, loss: loss ?? null },
          ...(risk === undefined ? {} : { riskId: (await riskOf(client, risk)).id }),
          ...(at === undefined ? {} : { at: at.length === 10 ? `${at}T00:00:00.000Z` : at }),
        },
      })
    },
    async (pen, made, client) => drawIncidents(pen, [made], await client.risk.list()),
  )

export const resolve = (
  context: Context,
  reference: string,
  options: Shared & { loss?: number; dismiss?: boolean },
): Promise<number> =>
  answered(
    context,
    options,
    async (client) => {
      const all = await client.risk.incidents({ query: {} })
      const { id, revision } = named(all, 'incident', reference, ({ title }) => title)
      return client.risk.editIncident({
        params: { id },
        body: {
          revision,
          state: options.dismiss ? 'dismissed' : 'resolved',
          ...(options.loss === undefined ? {} : { loss: options.loss }),
        },
      })
    },
    async (pen, made, client) => drawIncidents(pen, [made], await client.risk.list()),
  )

export const appetite = (
  context: Context,
  words: readonly string[],
  options: Shared & { gate: boolean },
): Promise<number> =>
  answered(
    context,
    options,
    async (client) => {
      const known = await client.risk.appetite()
      if (words.length === 0) return known
      const points = appetiteFrom(context, words)
      return client.risk.setAppetite({
        body: {
          ...{ points, gatesReleases: options.gate },
          ...(known ? { revision: known.revision } : {}),
        },
      })
    },
    drawAppetite,
  )
