/** @file Which op ran where, read from ONNX Runtime's own profile. */
import type { OpPlacement, Provider, ProviderReport } from './session.ts'

const providers: Readonly<Record<string, Provider>> = {
  CPUExecutionProvider: 'cpu',
  WebGpuExecutionProvider: 'webgpu',
  CUDAExecutionProvider: 'cuda',
}

/** Their time holds the time of the ops inside them, which are listed themselves. */
const controlFlow = new Set(['Loop', 'If', 'Scan'])

/** @param profile the JSON that ONNX Runtime writes: a list of events, of which those of kernels name their provider */
export function placementOf(profile: string): OpPlacement[] {
  const sums = new Map<string, { op: string; provider: Provider; runs: number; milliseconds: number }>()
  for (const { cat, name, dur, args } of JSON.parse(profile) as ProfileEvent[]) {
    const provider = providers[args?.provider ?? '']
    const op = args?.op_name
    if (cat !== 'Node' || op === undefined || provider === undefined || !name.endsWith('_kernel_time'))
      continue
    const key = `${op} ${provider}`
    const sum = sums.get(key) ?? { op, provider, runs: 0, milliseconds: 0 }
    sum.runs++
    if (!controlFlow.has(op)) sum.milliseconds += dur / 1000
    sums.set(key, sum)
  }
  return longestFirst([...sums.values()])
}

interface ProfileEvent {
  readonly cat: string
  readonly name: string
  /** Microseconds. */
  readonly dur: number
  readonly args?: { readonly op_name?: string; readonly provider?: string }
}

/** The placements of several sessions as one; null where none of them was recorded. */
export function mergePlacements(
  all: readonly (readonly OpPlacement[] | null)[],
): readonly OpPlacement[] | null {
  const known = all.filter((each) => each !== null)
  if (known.length === 0) return null
  const sums = new Map<string, OpPlacement>()
  for (const each of known.flat()) {
    const key = `${each.op} ${each.provider}`
    const sum = sums.get(key)
    const [runs, milliseconds] = [(sum?.runs ?? 0) + each.runs, (sum?.milliseconds ?? 0) + each.milliseconds]
    sums.set(key, { ...each, runs, milliseconds })
  }
  return longestFirst([...sums.values()])
}

const longestFirst = (placements: readonly OpPlacement[]): OpPlacement[] =>
  placements.toSorted((a, b) => b.milliseconds - a.milliseconds)

/** The report in plain sentences: what was asked, what is used, why not the others, which ops run where. */
export function describeProvider(
  report: ProviderReport,
  placement: readonly OpPlacement[] | null = null,
): string[] {
  const threads =
    report.threads === 0 ? '' : ` with ${report.threads} thread${report.threads === 1 ? '' : 's'}`
  return [
    `Asked for ${report.asked}; runs on ${report.used}${threads}.`,
    ...(report.threadsReason === null ? [] : [report.threadsReason]),
    ...report.notUsed.map(({ detail }) => detail),
    ...[...new Set(placement?.map(({ provider }) => provider))].map((provider) => {
      const ops = placement!.filter((each) => each.provider === provider)
      const runs = ops.reduce((sum, each) => sum + each.runs, 0)
      return `On ${provider}: ${runs} kernel runs of ${ops.map(({ op }) => op).join(', ')}.`
    }),
  ]
}
