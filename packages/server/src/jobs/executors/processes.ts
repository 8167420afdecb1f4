/** @file Finds every process of a run, what they use, and ends them. */
import { readdirSync, readFileSync } from 'node:fs'

/** Ticks of the clock a second in /proc, the same on every Linux that Node supports. */
const TICKS = 100
const PAGE_BYTES = 4096

interface Process {
  pid: number
  parent: number
  group: number
  session: number
  /** With the number it names a process for good: numbers are used again. */
  started: string
  /** Seconds of processor of itself, and of children it has waited for. */
  cpuSeconds: number
  residentBytes: number
  zombie: boolean
}

/** Carried in the environment of a run's processes, so that one that leaves group and session is found. */
export const MARK = 'CAPSTAN_PROCESS_MARK'

export interface ProcessGroup {
  /** Looks again. @returns living processes of the run */
  look(): { count: number; residentBytes: number; cpuSeconds: number; pids: number[] }
  /** Sends a signal to every living process of the run. @returns how many there were */
  signal(name: NodeJS.Signals): number
}

/**
 * All processes of a run: its process group and session, whatever descends from them, and whatever carries
 * its mark in the environment. What starts a new session AND empties its environment AND outlives its parent
 * between two looks is out of reach without a control group.
 * @param leader process that was started in a session of its own; null to go by the mark alone
 */
export function processGroup(leader: number | null, mark: string): ProcessGroup {
  const known = new Map<string, Process>()
  const strangers = new Set<string>()
  let lostCpu = 0

  const look = () => {
    const all = readProcesses()
    const living = new Map<number, Process>()
    const isOurs = (p: Process): boolean => {
      const name = nameOf(p)
      if (known.has(name)) return true
      if (p.pid === process.pid) return false
      if (leader !== null && (p.pid === leader || p.group === leader || p.session === leader)) return true
      const parent = all.get(p.parent)
      if (parent && known.has(nameOf(parent))) return true
      if (strangers.has(name)) return false
      if (carriesMark(p.pid, mark)) return true
      strangers.add(name)
      return false
    }
    // parents before children, so that one pass finds whole branches
    for (const p of [...all.values()].sort(
      (a, b) => Number(a.started) - Number(b.started) || a.pid - b.pid,
    )) {
      if (!isOurs(p)) continue
      known.set(nameOf(p), p)
      if (!p.zombie) living.set(p.pid, p)
    }
    for (const [name, last] of known) {
      const now = all.get(last.pid)
      if (now && nameOf(now) === name) continue
      known.delete(name)
      // a parent of ours that is still there has it in its own account
      const parent = all.get(last.parent)
      if (!parent || !known.has(nameOf(parent))) lostCpu += last.cpuSeconds
    }
    const sum = (key: 'cpuSeconds' | 'residentBytes') =>
      [...known.values()].reduce((total, p) => total + p[key], 0)
    return {
      count: living.size,
      residentBytes: sum('residentBytes'),
      cpuSeconds: lostCpu + sum('cpuSeconds'),
      pids: [...living.keys()],
    }
  }
  return {
    look,
    signal(name) {
      const { pids } = look()
      for (const pid of pids) send(pid, name)
      return pids.length
    },
  }
}

/** Ends whatever an earlier worker of a run left behind on this machine. @returns how many processes */
export function killMarked(mark: string): number {
  const group = processGroup(null, mark)
  let killed = 0
  // what forks while it is being killed is found by the next look
  for (let round = 0; round < 20; round++) {
    const count = group.signal('SIGKILL')
    if (count === 0) break
    killed += count
  }
  return killed
}

/** Memory that a group really takes: pages that several share count once; null where the system does not tell. */
export function proportionalBytes(pids: readonly number[]): number | null {
  let sum = 0
  for (const pid of pids) {
    const found = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? '')
    if (!found) return null
    sum += Number(found[1]) * 1024
  }
  return sum
}

/** Seconds of processor of children that this process has waited for, with all of theirs. */
export function waitedCpuSeconds(): number {
  const fields = statFields(read('/proc/self/stat') ?? '')
  return fields ? (Number(fields[13]) + Number(fields[14])) / TICKS : 0
}

function readProcesses(): Map<number, Process> {
  const found = new Map<number, Process>()
  let names: string[]
  try {
    names = readdirSync('/proc')
  } catch {
    return found
  }
  for (const name of names) {
    if (!/^\d+$/.test(name)) continue
    const fields = statFields(read(`/proc/${name}/stat`) ?? '')
    if (!fields) continue
    const number = (i: number) => Number(fields[i])
    found.set(Number(name), {
      pid: Number(name),
      zombie: fields[0] === 'Z' || fields[0] === 'X',
      parent: number(1),
      group: number(2),
      session: number(3),
      cpuSeconds: (number(11) + number(12) + number(13) + number(14)) / TICKS,
      started: fields[19]!,
      residentBytes: number(21) * PAGE_BYTES,
    })
  }
  return found
}

/** The fields after the name, which may itself hold spaces and brackets. @see proc(5) */
function statFields(text: string): string[] | null {
  const end = text.lastIndexOf(')')
  return end < 0 ? null : text.slice(end + 2).split(' ')
}

function carriesMark(pid: number, mark: string): boolean {
  return (read(`/proc/${pid}/environ`) ?? '').split('\0').includes(`${MARK}=${mark}`)
}

/** null when it has gone meanwhile, or belongs to somebody else. */
function read(path: string): string | null {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return null
  }
}

function send(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // it has ended by itself
  }
}

const nameOf = ({ pid, started }: Process) => `${pid} ${started}`
