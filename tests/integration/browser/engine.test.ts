/** @file The engine in real Chromium: the runtime's cases, PyTorch's losses, and checkpoints that travel. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildPage } from '../../../examples/browser/build.ts'
import { mnistFolder, ortFolder } from '../../../examples/browser/folders.ts'
import { serve } from '../../../examples/browser/serve.ts'
import { nodeRuntime } from '../../../packages/engine/src/runtime/node.ts'
import type { ProviderReport } from '../../../packages/engine/src/runtime/session.ts'
import {
  distanceFromTorch,
  type Leg,
  type Trained,
  transformerLeg,
  transformerSteps,
} from '../../../packages/engine/src/train/suite.fixture.ts'
import { openBrowser, visit } from './chromium.ts'

const folder = mkdtempSync(join(tmpdir(), 'capstan-engine-page-'))
/** A WebGPU adapter made of software, so that its code runs on machines without a graphics device. */
const softwareGpu = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan']

let servers: Awaited<ReturnType<typeof serve>>[] = []

beforeAll(async () => {
  await buildPage(join(import.meta.dirname, 'engine-page'), folder)
  const folders = { '/': folder, '/ort/': ortFolder, '/mnist/': mnistFolder }
  servers = [await serve({ folders }), await serve({ folders, isolated: false })]
})
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()))
  rmSync(folder, { recursive: true, force: true })
})

interface Engine {
  call<T>(name: string, ...args: unknown[]): Promise<T>
  errors: string[]
}

async function engineIn(browser: Browser, address: string): Promise<Engine & { page: Page }> {
  const { page, errors } = await visit(browser, address)
  return {
    page,
    errors,
    call: <T>(name: string, ...args: unknown[]) =>
      page.evaluate<T, [string, unknown[]]>(
        ([name, args]) =>
          (globalThis as unknown as { call(name: string, ...args: unknown[]): Promise<T> }).call(
            name,
            ...args,
          ),
        [name, args],
      ),
  }
}

const relative = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((v, i) => Math.abs(v - b[i]!) / Math.abs(b[i]!)))

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

describe('on WebAssembly', () => {
  let browser: Browser
  let engine: Engine

  beforeAll(async () => {
    browser = await openBrowser()
    engine = await engineIn(browser, servers[0]!.address)
  })
  afterAll(() => browser?.close())

  test.each([
    'cpu',
    'auto',
    'webgpu',
    'cuda',
  ])('every case of a runtime holds when asked for %s', async (asked) => {
    expect(await engine.call('cases', asked)).toEqual({ ran: expect.any(Number), failures: [] })
  })

  test('SimpleCNN has the losses of PyTorch for 40 steps, on two threads', async () => {
    const { losses, provider, placement } = await engine.call<Trained>('simpleCnn', 'cpu', 40, 10, false)
    expect(losses).toHaveLength(40)
    expect(distanceFromTorch(losses)).toBeLessThan(1e-3)
    expect(provider).toMatchObject({ used: 'cpu', threads: 2, threadsReason: null })
    expect(placement).toBeNull()
  })

  test('a transformer has the losses that it has in Node', async () => {
    const [here, there] = [
      await engine.call<Trained>('transformer', 'cpu'),
      await transformerSteps(nodeRuntime({ threads: 1 })),
    ]
    expect(here.losses).toHaveLength(12)
    expect(relative(here.losses, there.losses)).toBeLessThan(1e-4)
    expect(new Set(here.placement!.map(({ provider }) => provider))).toEqual(new Set(['cpu']))
    expect(here.placement!.map(({ op }) => op)).toContain('MatMul')
  })

  test('a checkpoint goes from Node to the browser and back', async () => {
    const runtime = nodeRuntime({ threads: 1 })
    const whole = await transformerLeg(runtime, null, 12)
    const first = await transformerLeg(runtime, null, 4)
    const second = await engine.call<{ losses: number[]; checkpoint: string }>(
      'leg',
      'cpu',
      base64(first.checkpoint),
      4,
    )
    const third: Leg = await transformerLeg(runtime, Buffer.from(second.checkpoint, 'base64'), 4)
    const losses = [...first.losses, ...second.losses, ...third.losses]
    expect(losses).toHaveLength(12)
    expect(relative(losses, whole.losses)).toBeLessThan(1e-4)
  })

  test('a page that is not isolated trains on one thread and says why', async () => {
    const alone = await engineIn(browser, servers[1]!.address)
    const { losses, provider } = await alone.call<Trained>('simpleCnn', 'cpu', 4, 2, false)
    expect(distanceFromTorch(losses)).toBeLessThan(1e-4)
    expect(provider.threads).toBe(1)
    expect(provider.threadsReason).toContain('not cross-origin isolated')
    expect(alone.errors).toEqual([])
  })

  test('the console stays silent', () => expect(engine.errors).toEqual([]))
})

describe('on WebGPU, by a software adapter', () => {
  let browser: Browser
  let engine: Engine

  beforeAll(async () => {
    browser = await openBrowser(softwareGpu)
    engine = await engineIn(browser, servers[0]!.address)
  })
  afterAll(() => browser?.close())

  test('every case of a runtime holds', async () => {
    expect(await engine.call('cases', 'webgpu')).toEqual({ ran: expect.any(Number), failures: [] })
  })

  test('SimpleCNN has the losses of PyTorch, with its products on the device', async () => {
    const { losses, provider, placement } = await engine.call<Trained>('simpleCnn', 'webgpu', 3, 3, true)
    expect(provider).toMatchObject({ used: 'webgpu', reason: null })
    expect(losses).toHaveLength(3)
    expect(distanceFromTorch(losses)).toBeLessThan(1e-3)
    const on = (op: string) => placement!.filter((each) => each.op === op).map((each) => each.provider)
    expect(on('Gemm')).toEqual(['webgpu'])
    expect(on('Loop')).toEqual(['cpu'])
  })

  test('a transformer has the losses that it has in Node', async () => {
    const [here, there] = [
      await engine.call<Trained>('transformer', 'webgpu'),
      await transformerSteps(nodeRuntime({ threads: 1 })),
    ]
    expect(here.provider.used).toBe('webgpu')
    expect(relative(here.losses, there.losses)).toBeLessThan(1e-3)
  })

  test('left to itself the engine prefers WebAssembly to software', async () => {
    const { provider } = await engine.call<{ provider: ProviderReport }>('simpleCnn', 'auto', 2, 2, false)
    expect(provider.used).toBe('cpu')
    expect(provider.notUsed).toContainEqual(
      expect.objectContaining({ provider: 'webgpu', why: 'software-device' }),
    )
  })
})
