/** @file The whole main job after installation, on a fresh workspace: seconds, and peak memory of all its processes. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Figure } from './figure.ts'

const command = join(process.cwd(), 'packages/cli/bin/capstan.js')
const sampleEveryMs = 100
/** What a newcomer should wait for at most on 2 cores, and what a small machine has. */
const target = { seconds: 90, gibibytes: 2 }
const bytesPerPage = 4096

export async function run(): Promise<Figure[]> {
  const workspace = mkdtempSync(join(tmpdir(), 'capstan-bench-'))
  try {
    const { seconds, peakBytes } = await measure(workspace)
    const gibibytes = peakBytes / 2 ** 30
    return [
      figure('seconds', seconds, target.seconds, 's'),
      // pages that processes share are counted once for each: the true peak is lower
      ...(peakBytes > 0 ? [figure('peak memory', gibibytes, target.gibibytes, 'GiB')] : []),
    ]
  } finally {
    rmSync(workspace, { recursive: true, force: true })
  }
}

const figure = (name: string, ours: number, theirs: number, unit: string): Figure => ({
  bench: 'main-job',
  figure: name,
  ours,
  peer: 'target',
  theirs,
  unit,
  ratio: theirs / ours,
})

async function measure(workspace: string): Promise<{ seconds: number; peakBytes: number }> {
  const began = performance.now()
  const child = spawn(
    process.execPath,
    [command, 'start', '--once', '--port', '0', '--workspace', workspace],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let out = ''
  child.stdout.on('data', (text) => {
    out += text
  })
  let peakBytes = 0
  const sampling = setInterval(() => {
    peakBytes = Math.max(peakBytes, residentBytes(child.pid!))
  }, sampleEveryMs)
  const exit = await new Promise((resolve) => child.on('exit', resolve))
  clearInterval(sampling)
  if (exit !== 0) throw new Error(`capstan start --once ended with ${exit}:\n${out}`)
  return { seconds: (performance.now() - began) / 1000, peakBytes }
}

/** Resident memory of a process and all below it; 0 where there is no /proc. */
function residentBytes(root: number): number {
  const parents = new Map<number, number>()
  try {
    for (const name of readdirSync('/proc')) if (/^\d+$/.test(name)) parents.set(Number(name), parentOf(name))
  } catch {
    return 0
  }
  let sum = 0
  for (const pid of parents.keys()) if (descends(pid, root, parents)) sum += residentOf(pid)
  return sum
}

function descends(pid: number, root: number, parents: ReadonlyMap<number, number>): boolean {
  for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at))
    if (at === root) return true
  return false
}

/** Fourth field of `stat`, counted behind the command's name, which may hold anything. */
function parentOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return 0
  }
}

function residentOf(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * bytesPerPage
  } catch {
    return 0
  }
}
