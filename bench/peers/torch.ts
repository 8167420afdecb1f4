/** @file PyTorch as a peer, with the settings of its thread pools and memory that are fastest on this machine. */
import { needTorch } from './install.ts'
import { type Peer, startPeer } from './process.ts'

export interface TorchPeer {
  /** The path of the Python file. */
  readonly script: string
  /** Its arguments for so many rounds; `trial` asks for rounds of a second or two. */
  readonly args: (rounds: number, trial: boolean) => readonly string[]
  readonly rounds: number
  /** One start with settings that are good on most machines, and nothing is installed. */
  readonly smoke: boolean
}

/** Freed memory stays with the process: where page faults are dear, PyTorch spends half of a step on them. */
const keepsMemory = {
  MALLOC_MMAP_THRESHOLD_: '4294967296',
  MALLOC_TRIM_THRESHOLD_: '4294967296',
  MALLOC_TOP_PAD_: '268435456',
}

/** How PyTorch's two thread pools may wait for each other; which is fastest depends on what else the machine does. */
const settings: readonly Readonly<Record<string, string>>[] = [
  {},
  { OMP_WAIT_POLICY: 'passive' },
  { OMP_WAIT_POLICY: 'passive', OPENBLAS_NUM_THREADS: '1' },
  { OMP_WAIT_POLICY: 'passive', ...keepsMemory },
  { OMP_WAIT_POLICY: 'passive', OPENBLAS_NUM_THREADS: '1', ...keepsMemory },
]

/** PyTorch with the settings that were fastest in a short trial; null where it cannot be had. */
export async function startTorch({ script, args, rounds, smoke }: TorchPeer): Promise<Peer | null> {
  const reason = needTorch(!smoke)
  if (reason !== null) {
    console.log(`PyTorch is left out: ${reason}`)
    return null
  }
  const start = (env: Readonly<Record<string, string>>, of: number, trial: boolean): Promise<Peer> =>
    startPeer('/usr/bin/python3', [script, ...args(of, trial)], env)
  if (smoke) return start(settings[2]!, rounds, true)
  const trials: { settings: Readonly<Record<string, string>>; seconds: number }[] = []
  for (const each of settings) {
    const peer = await start(each, 2, true)
    await peer.round()
    trials.push({ settings: each, seconds: Number((await peer.round()).seconds) })
    peer.stop()
  }
  const best = trials.toSorted((x, y) => x.seconds - y.seconds)[0]!
  console.log(`PyTorch runs with ${JSON.stringify(best.settings)}, the fastest of ${JSON.stringify(trials)}`)
  return start(best.settings, rounds, false)
}
