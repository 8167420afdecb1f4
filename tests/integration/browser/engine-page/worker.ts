/** @file The engine in a browser's worker: the cases and trainings that also run in Node. */
import type { ProviderChoice } from '../../../../packages/engine/src/runtime/session.ts'
import { runtimeCases } from '../../../../packages/engine/src/runtime/suite.fixture.ts'
import { webRuntime } from '../../../../packages/engine/src/runtime/web.ts'
import {
  simpleCnnSteps,
  transformerLeg,
  transformerSteps,
} from '../../../../packages/engine/src/train/suite.fixture.ts'

const runtime = (provider: ProviderChoice, placement = false) =>
  webRuntime({ wasmPath: '/ort/', provider, placement })

const bytesOf = (text: string): Uint8Array => Uint8Array.from(atob(text), (c) => c.charCodeAt(0))
const textOf = (bytes: Uint8Array): string => btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(''))

async function mnist(count: number) {
  const part = async (file: string, header: number, size: number) =>
    new Uint8Array(await (await fetch(`/mnist/${file}`)).arrayBuffer()).subarray(
      header,
      header + count * size,
    )
  return {
    samples: await part('train-images-idx3-ubyte', 16, 784),
    labels: await part('train-labels-idx1-ubyte', 8, 1),
    sampleShape: [1, 28, 28],
  }
}

const calls = {
  cases: async (asked: ProviderChoice) => {
    const failures: string[] = []
    for (const { name, run } of runtimeCases)
      await run((options) => runtime(asked, options?.placement), asked).catch((error: unknown) => {
        failures.push(`${name}: ${String(error)}`)
      })
    return { ran: runtimeCases.length, failures }
  },
  simpleCnn: async (asked: ProviderChoice, steps: number, stepsPerCall: number, placement: boolean) =>
    simpleCnnSteps(runtime(asked, placement), await mnist(64 * steps), stepsPerCall),
  transformer: (asked: ProviderChoice) => transformerSteps(runtime(asked, true)),
  leg: async (asked: ProviderChoice, from: string, steps: number) => {
    const { losses, checkpoint } = await transformerLeg(runtime(asked), bytesOf(from), steps)
    return { losses, checkpoint: textOf(checkpoint) }
  },
} satisfies Record<string, (...args: never[]) => Promise<unknown>>

interface Asked {
  readonly id: number
  readonly name: keyof typeof calls
  readonly args: readonly never[]
}

addEventListener('message', async (event) => {
  const { id, name, args } = (event as MessageEvent<Asked>).data
  try {
    const work = calls[name] as (...args: readonly never[]) => Promise<unknown>
    postMessage({ id, result: await work(...args) })
  } catch (error) {
    postMessage({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
})
