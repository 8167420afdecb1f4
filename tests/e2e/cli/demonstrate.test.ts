/** @file The three invented start-ups: each is made, asked, and has something to say that the story promises. */
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from '@capstan/api'
import { describe, expect, test } from 'vitest'
import { startWorld } from '../server/world.ts'
import { start } from './capstan.ts'

const folder = () => mkdtempSync(join(tmpdir(), 'capstan-demonstration-'))

async function made(company: string, lang: string) {
  const workspace = join(folder(), 'workspace')
  const done = await start(['demonstrate', company, '--workspace', workspace, '--lang', lang]).finished
  expect(done).toMatchObject({ exit: 0, err: '' })
  return { workspace, out: done.out }
}

async function asked<T>(workspace: string, question: (client: Client) => Promise<T>): Promise<T> {
  const { server, capstan } = await startWorld({ workers: 0, workspace })
  try {
    return await question(capstan)
  } finally {
    await server.close()
  }
}

const chosenIn = async (client: Client) => {
  const allocation = (await client.resources.allocations()).find(({ state }) => state === 'approved')!
  return { allocation, chosen: allocation.result.chosen.map(({ initiativeId }) => initiativeId) }
}

describe('the chat-model company', () => {
  test('stands on open weights, and its own runs say nothing of what lies far beyond them', async () => {
    const { workspace, out } = await made('chat', 'en')
    expect(out).toContain('lies beyond what the runs')
    await asked(workspace, async (client) => {
      expect((await client.workspace.get()).demonstration).toBe(true)
      const { chosen } = await chosenIn(client)
      expect(chosen).toContain('continue')
      expect(chosen).not.toContain('scratch')
      const { law, advice } = await client.plans.scaling({ body: { budgets: [5e19, 4.2e22] } })
      expect(law.e).toBeCloseTo(1.82, 1)
      expect(advice.map(({ best }) => best === null)).toEqual([false, true])
      const [first] = (await client.strategy.ranking()).ranked
      expect(first!.rice).not.toBeNull()
      for (const measure of await client.measures.list()) expect(measure.latest?.origin).toBe('demonstration')
      for (const { origin } of await client.resources.ledger({ query: { limit: 50 } }))
        expect(origin).toBe('demonstration')
    })
  })
})

test('a workspace that holds something stays as it is', async () => {
  const { workspace } = await made('speech', 'en')
  const again = await start(['demonstrate', 'chat', '--workspace', workspace, '--lang', 'en']).finished
  expect(again.exit).not.toBe(0)
  expect(again.err).toContain('This workspace holds')
  expect(await asked(workspace, (client) => client.strategy.objectives())).toHaveLength(1)
})

describe('the vision company', () => {
  test('waits for labelling; a third labeller is worth a price, and the drift turned an indicator', async () => {
    const { workspace, out } = await made('vision', 'zh-CN')
    expect(out).toContain('如果有第三名标注人员')
    await asked(workspace, async (client) => {
      const { allocation } = await chosenIn(client)
      expect(allocation.result.binding.some(({ poolId }) => poolId === 'labellers')).toBe(true)
      const [cycle] = (await client.cycles.list()).filter(({ state }) => state !== 'closed')
      const { difference } = await client.resources.whatIf({
        body: {
          ...{ cycleId: cycle!.id, lambda: allocation.lambda },
          changes: [{ kind: 'capacity', poolId: 'labellers', by: 5 }],
        },
      })
      expect(difference.objective).toBeGreaterThan(0)
      const drift = (await client.risk.indicators()).find(({ measureId }) => measureId === 'false-rejects')
      expect(drift!.state).toBe('red')
    })
  })
})

describe('the speech company', () => {
  test('should stop the studio voice, and has months, not years', async () => {
    const { workspace } = await made('speech', 'en')
    await asked(workspace, async (client) => {
      const { chosen } = await chosenIn(client)
      expect(chosen).not.toContain('studio')
      const { result } = await client.runway.get({ query: {} })
      expect(result!.months.p50).toBeLessThan(10)
      expect(result!.milestones.at(-1)!.chance).toBeLessThan(0.5)
      expect((await client.resources.budgets()).length).toBeGreaterThan(0)
    })
  })
})

test.each([
  'chat',
  'vision',
  'speech',
])('%s is a document that imports, in both languages', async (company) => {
  for (const lang of ['en', 'zh-CN']) {
    const file = join(folder(), 'plan.json')
    const written = await start(['demonstrate', company, '--write', file, '--lang', lang]).finished
    expect(written).toMatchObject({ exit: 0, err: '' })
    expect(JSON.parse(readFileSync(file, 'utf8')).workspace).toMatchObject({
      language: lang,
      demonstration: true,
    })
    const workspace = join(folder(), 'workspace')
    const imported = await start(['import', file, '--workspace', workspace, '--json']).finished
    expect(JSON.parse(imported.out).records).toBeGreaterThan(80)
  }
})
