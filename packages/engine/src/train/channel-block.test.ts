/** @file A runtime's blocks of channels are found by trying, and not used where they compute otherwise. */
import { describe, expect, it } from 'vitest'
import { nodeRuntime } from '../runtime/node.ts'
import type { Runtime } from '../runtime/session.ts'
import { channelBlockOf, triedBlock } from './channel-block.ts'

const runtime = nodeRuntime({ threads: 1 })

/** Answers as `runtime` does, with every number after the first graph a little off. */
function wrong(): Runtime {
  let sessions = 0
  return {
    async createSession(model) {
      const session = await runtime.createSession(model)
      const off = sessions++ < 2 ? 0 : 0.01
      return {
        ...session,
        async run(feeds) {
          const results = await session.run(feeds)
          return Object.fromEntries(
            Object.entries(results).map(([name, t]) => [
              name,
              { ...t, data: (t.data as Float32Array).map((v) => v + off) },
            ]),
          )
        },
      }
    },
  }
}

describe('the channels that convolutions take side by side', () => {
  it('are as many on the CPU as its vectors hold, or 1', async () => {
    expect([1, 4, 8, 16, 32]).toContain(await channelBlockOf(runtime))
  })

  it('are not asked of devices, nor where they are not wanted', async () => {
    expect(await channelBlockOf(nodeRuntime({ provider: 'auto' }))).toBe(1)
    expect(await channelBlockOf(nodeRuntime({ channelBlocks: false }))).toBe(1)
  })

  it('are 1 where the runtime does not know the ops', async () => {
    expect(await triedBlock({ createSession: () => Promise.reject(new Error('no such op')) })).toBe(1)
  })

  it('are 1 where the results differ from those of ordinary convolutions', async () => {
    expect(await triedBlock(wrong())).toBe(1)
  })
})
