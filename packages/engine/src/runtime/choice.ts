/** @file Opens a graph on the first provider that takes it, and goes on on the CPU when a device fails. */
import { EngineError } from '../errors.ts'
import type { Tensor } from '../graph/tensor.ts'
import type {
  NotUsed,
  Obstacle,
  OpPlacement,
  Provider,
  ProviderChoice,
  ProviderReport,
  Session,
} from './session.ts'

/** A graph that one provider has loaded; failures are ONNX Runtime's own errors. */
export interface Opened {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  run(feeds: Readonly<Record<string, Tensor>>, fetches?: readonly string[]): Promise<Record<string, Tensor>>
  placement(): Promise<readonly OpPlacement[] | null>
  release(): Promise<void>
}

/** What a platform offers. */
export interface Providers {
  readonly threads: number
  readonly threadsReason: string | null
  /** What keeps a provider from being tried, known beforehand; `auto` is stricter than asking for it by name. */
  obstacle(provider: Provider, asked: ProviderChoice): Promise<Omit<NotUsed, 'provider'> | null>
  /** Says why a failure to open happened; the platform knows its messages. */
  explain(provider: Provider, message: string): Obstacle
  open(provider: Provider, model: Uint8Array): Promise<Opened>
}

const names: Readonly<Record<Provider, string>> = { cpu: 'The CPU', webgpu: 'WebGPU', cuda: 'CUDA' }
const every: readonly Provider[] = ['cuda', 'webgpu', 'cpu']

const wanted = (asked: ProviderChoice): readonly Provider[] =>
  asked === 'auto' ? every : asked === 'cpu' ? ['cpu'] : [asked, 'cpu']

/** @throws EngineError engine/runtime */
export async function openSession(
  providers: Providers,
  asked: ProviderChoice,
  model: Uint8Array,
): Promise<Session> {
  const notUsed: NotUsed[] = []
  for (const provider of wanted(asked)) {
    const obstacle = await providers.obstacle(provider, asked)
    if (obstacle !== null) {
      notUsed.push({ provider, ...obstacle })
      continue
    }
    try {
      return sessionOn(await providers.open(provider, model), provider, { providers, asked, model, notUsed })
    } catch (cause) {
      const message = messageOf(cause)
      if (provider === 'cpu') throw loadFailure(message, cause)
      notUsed.push(failed(provider, providers.explain(provider, message), message))
    }
  }
  throw new Error('internal: the CPU was not tried')
}

interface Way {
  readonly providers: Providers
  readonly asked: ProviderChoice
  readonly model: Uint8Array
  /** Providers tried before in vain. */
  readonly notUsed: readonly NotUsed[]
}

function sessionOn(opened: Opened, provider: Provider, way: Way): Session {
  let [current, used, notUsed] = [opened, provider, way.notUsed]
  // Nobody needs the bytes again where the CPU runs them.
  let model: Uint8Array | null = provider === 'cpu' ? null : way.model
  let moving: Promise<Opened> | null = null

  // Sessions keep nothing between runs, so the same call on the CPU goes on as if nothing had happened.
  async function onCpu(
    feeds: Readonly<Record<string, Tensor>>,
    fetches: readonly string[] | undefined,
    message: string,
  ): Promise<Record<string, Tensor>> {
    moving ??= way.providers.open('cpu', model!)
    const cpu = await moving
    // What the CPU refuses, too, is wrong itself: the device stays.
    const results = await cpu.run(feeds, fetches)
    if (used !== 'cpu') {
      notUsed = [...notUsed, failed(used, 'cannot-run', message)]
      const device = current
      ;[current, used, model] = [cpu, 'cpu', null]
      await device.release().catch(() => {})
    }
    return results
  }

  return {
    inputNames: opened.inputNames,
    outputNames: opened.outputNames,
    get provider() {
      return reportOf(way, used, notUsed)
    },
    async run(feeds, fetches) {
      const onDevice = used !== 'cpu'
      try {
        return await current.run(feeds, fetches)
      } catch (cause) {
        try {
          if (!onDevice) throw cause
          return await onCpu(feeds, fetches, messageOf(cause))
        } catch (last) {
          throw runFailure(messageOf(last), last)
        }
      }
    },
    placement: () => current.placement(),
    async release() {
      const others = moving === null ? [] : [await moving.catch(() => null)]
      await Promise.all(
        [current, ...others.filter((o) => o !== null && o !== current)].map((o) => o!.release()),
      )
    },
  }
}

function reportOf(
  { asked, providers: { threads, threadsReason } }: Way,
  used: Provider,
  tried: readonly NotUsed[],
): ProviderReport {
  const others = every.filter((each) => each !== used && !tried.some(({ provider }) => provider === each))
  const notUsed = [...tried, ...others.map((each) => notAsked(each, asked, used))]
  const reason =
    asked === 'auto' || asked === used
      ? null
      : (notUsed.find(({ provider }) => provider === asked)?.detail ?? null)
  return { asked, used, reason, threads, threadsReason: used === 'cpu' ? threadsReason : null, notUsed }
}

const notAsked = (provider: Provider, asked: ProviderChoice, used: Provider): NotUsed => ({
  provider,
  why: 'not-asked',
  detail: `${names[provider]} ${provider === 'cpu' ? 'runs what the device leaves to it' : 'was not tried'}: ${
    asked === 'auto' ? `${used} comes first and works` : `${asked} was asked for`
  }.`,
})

const failed = (provider: Provider, why: Obstacle, message: string): NotUsed => ({
  provider,
  why,
  detail: `${names[provider]} ${why === 'cannot-run' ? 'failed while it ran' : 'is not available here'}: ${message.replace(/\.?\s*$/, '.')}`,
})

const loadFailure = (message: string, cause: unknown): EngineError =>
  new EngineError(
    'engine/runtime',
    `ONNX Runtime cannot load the graph: ${message}`,
    'Check that the model is valid ONNX.',
    { cause },
  )

const runFailure = (message: string, cause: unknown): EngineError =>
  new EngineError(
    'engine/runtime',
    `ONNX Runtime cannot run the graph: ${message}`,
    'Check the shapes and types of the inputs.',
    { cause },
  )

/** The first line, without the source location that ONNX Runtime puts before a failed check. */
export const messageOf = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause))
    .split('\n')[0]!
    .replace(/^\S*onnxruntime_src.* was false\. /, '')
