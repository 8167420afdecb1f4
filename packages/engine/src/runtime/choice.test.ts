/** @file Choosing a provider: what is tried, what is said, and going on on the CPU when a device fails. */
import { describe, expect, it } from 'vitest'
import type { Tensor } from '../graph/tensor.ts'
import { type Opened, openSession, type Providers } from './choice.ts'
import { describeProvider, mergePlacements, placementOf } from './placement.ts'
import type { Provider } from './session.ts'

const feeds = { x: { dtype: 'float32', shape: [1], data: Float32Array.of(1) } as Tensor }

/** A platform whose devices behave as told; it notes what happens to its sessions. */
function platform(behaviour: Partial<Record<Provider, 'missing' | 'cannot open' | 'cannot run' | 'works'>>) {
  const log: string[] = []
  const providers: Providers = {
    threads: 2,
    threadsReason: null,
    async obstacle(provider) {
      return behaviour[provider] === 'missing' ? { why: 'no-platform', detail: `No ${provider} here.` } : null
    },
    explain: () => 'no-device',
    async open(provider) {
      if (behaviour[provider] === 'cannot open') throw new Error(`no adapter for ${provider}\nand more`)
      log.push(`open ${provider}`)
      const opened: Opened = {
        inputNames: ['x'],
        outputNames: ['y'],
        async run({ x }) {
          if (behaviour[provider] === 'cannot run') throw new Error(`${provider} lost`)
          if (x === undefined) throw new Error('x is missing')
          log.push(`run ${provider}`)
          return { y: x }
        },
        placement: async () => null,
        async release() {
          log.push(`release ${provider}`)
        },
      }
      return opened
    },
  }
  return { providers, log }
}

const model = new Uint8Array(1)

describe('choosing a provider', () => {
  it('takes the first that works, and says why not the ones before', async () => {
    const { providers } = platform({ cuda: 'missing', webgpu: 'cannot open', cpu: 'works' })
    const { provider } = await openSession(providers, 'auto', model)
    expect(provider).toEqual({
      asked: 'auto',
      used: 'cpu',
      reason: null,
      threads: 2,
      threadsReason: null,
      notUsed: [
        { provider: 'cuda', why: 'no-platform', detail: 'No cuda here.' },
        {
          provider: 'webgpu',
          why: 'no-device',
          detail: 'WebGPU is not available here: no adapter for webgpu.',
        },
      ],
    })
    expect(describeProvider(provider)).toEqual([
      'Asked for auto; runs on cpu with 2 threads.',
      'No cuda here.',
      'WebGPU is not available here: no adapter for webgpu.',
    ])
  })

  it('tries nothing that was not asked for', async () => {
    const { providers, log } = platform({ cuda: 'works', webgpu: 'works', cpu: 'works' })
    const { provider } = await openSession(providers, 'webgpu', model)
    expect(log).toEqual(['open webgpu'])
    expect(provider.used).toBe('webgpu')
    expect(provider.notUsed.map(({ why }) => why)).toEqual(['not-asked', 'not-asked'])
  })

  it('goes on on the CPU when the device fails, once for all calls at a time', async () => {
    const { providers, log } = platform({ webgpu: 'cannot run', cpu: 'works' })
    const session = await openSession(providers, 'webgpu', model)
    expect(session.provider.used).toBe('webgpu')
    await Promise.all([session.run(feeds), session.run(feeds)])
    expect(session.provider).toMatchObject({
      used: 'cpu',
      reason: 'WebGPU failed while it ran: webgpu lost.',
      notUsed: [{ provider: 'webgpu', why: 'cannot-run' }, { provider: 'cuda' }],
    })
    await session.run(feeds)
    await session.release()
    expect(log.toSorted()).toEqual(
      [
        'open webgpu',
        'open cpu',
        'run cpu',
        'run cpu',
        'run cpu',
        'release webgpu',
        'release cpu',
      ].toSorted(),
    )
  })

  it('keeps the device where the inputs are at fault', async () => {
    const { providers, log } = platform({ webgpu: 'works', cpu: 'works' })
    const session = await openSession(providers, 'webgpu', model)
    await expect(session.run({})).rejects.toMatchObject({ code: 'engine/runtime' })
    expect(session.provider.used).toBe('webgpu')
    await session.run(feeds)
    await session.release()
    expect(log).toEqual(['open webgpu', 'open cpu', 'run webgpu', 'release webgpu', 'release cpu'])
  })

  it('fails where not even the CPU opens the graph', async () => {
    const { providers } = platform({ webgpu: 'cannot open', cpu: 'cannot open' })
    await expect(openSession(providers, 'webgpu', model)).rejects.toMatchObject({ code: 'engine/runtime' })
  })
})

describe('placement', () => {
  const kernel = (op: string, provider: string, dur: number) => ({
    cat: 'Node',
    name: `${op}_1_kernel_time`,
    dur,
    args: { op_name: op, provider },
  })

  it('adds up kernels by op and provider', () => {
    const profile = JSON.stringify([
      { cat: 'Session', name: 'model_run', dur: 9, args: {} },
      kernel('MatMul', 'WebGpuExecutionProvider', 2000),
      kernel('MatMul', 'CPUExecutionProvider', 1000),
      kernel('MatMul', 'WebGpuExecutionProvider', 500),
      kernel('Loop', 'CPUExecutionProvider', 99_000),
    ])
    const placement = placementOf(profile)
    expect(placement).toEqual([
      { op: 'MatMul', provider: 'webgpu', runs: 2, milliseconds: 2.5 },
      { op: 'MatMul', provider: 'cpu', runs: 1, milliseconds: 1 },
      { op: 'Loop', provider: 'cpu', runs: 1, milliseconds: 0 },
    ])
    expect(mergePlacements([null, placement, placement])![0]).toEqual({
      op: 'MatMul',
      provider: 'webgpu',
      runs: 4,
      milliseconds: 5,
    })
    expect(mergePlacements([null])).toBeNull()
  })
})
