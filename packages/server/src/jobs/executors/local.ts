/** @file The executor of this machine: a command as a child process in a session of its own. */
import { spawn } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join, resolve } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import type { Ending, Execution, Executor, Launch, StopReason, Usage } from './executor.ts'
import { cpuMeter, gpuMeter } from './meters.ts'
import { MARK, type ProcessGroup, processGroup, proportionalBytes, waitedCpuSeconds } from './processes.ts'

const LOOK_MS = 250
/** How long output may still come once every process that is known of has gone. */
const DRAIN_MS = 1000
/** What a command leaves behind is asked to end, and killed after so long. */
const LEFT_BEHIND_GRACE_MS = 2000

/**
 * Between worker and command stands a line of shell: it gives the command up first when memory runs out, and
 * leaves a watcher that kills the whole group when the worker is killed (its end of the pipe closes) but goes
 * quietly when the worker says so.
 */
const LAUNCH = `
echo 500 2>/dev/null >/proc/self/oom_score_adj
( ( if ! read -r said; then kill -KILL -$$; fi ) <&3 >/dev/null 2>&1 & )
exec 3<&-
exec "$@"`

export const markOf = (runId: string): string => `run:${runId}`

export const localExecutor: Executor = {
  name: 'local',
  start(launch, onOutput) {
    const program = findProgram(launch)
    if (typeof program !== 'string') return neverStarted(program)
    return execute(launch, program, onOutput)
  },
}

function execute(launch: Launch, program: string, onOutput: Parameters<Executor['start']>[1]): Execution {
  const started = performance.now()
  const waitedBefore = waitedCpuSeconds()
  const words = [...bound(launch.cpus), program, ...launch.argv.slice(1)]
  const child = spawn('/bin/sh', ['-c', LAUNCH, 'capstan', ...words], {
    cwd: launch.folder,
    env: { ...launch.env, [MARK]: markOf(launch.runId) },
    // a session of its own: what is sent to it reaches all of it and nothing else
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const [, stdout, stderr, watcher] = child.stdio as unknown as [null, Readable, Readable, Writable]
  watcher.on('error', () => undefined)
  stdout.on('data', (bytes: Uint8Array) => onOutput('stdout', bytes))
  stderr.on('data', (bytes: Uint8Array) => onOutput('stderr', bytes))
  const closed = new Promise<void>((done) => child.once('close', () => done()))

  const group = processGroup(child.pid ?? null, markOf(launch.runId))
  const used = { cpu: 0, peak: 0, resident: 0 }
  const gpus = gpuMeter(launch.gpus)
  const energy = [gpus, cpuMeter(() => used.cpu)]
  let wallSeconds: number | null = null
  let why: Ending | null = null
  let stopping: Promise<void> | null = null

  const stopFor = (ending: Ending) => {
    why ??= ending
    stopping ??= endAll(group, launch.graceSeconds * 1000)
  }
  const look = () => {
    const { cpuSeconds, residentBytes, pids } = group.look()
    used.cpu = Math.max(used.cpu, cpuSeconds)
    used.peak = Math.max(used.peak, residentBytes)
    used.resident = residentBytes
    const { wallSeconds: longest, memoryBytes: most } = launch.limits
    if (longest !== null && performance.now() - started > longest * 1000) stopFor({ kind: 'out-of-time' })
    // processes that share pages are counted once before any is killed for it
    if (most !== null && residentBytes > most) {
      const bytes = proportionalBytes(pids) ?? residentBytes
      if (bytes > most) stopFor({ kind: 'out-of-memory', bytes })
    }
  }
  // often at first, so that a short run is seen at its largest, too
  let next: NodeJS.Timeout
  const keepLooking = () => {
    look()
    next = setTimeout(keepLooking, Math.min(LOOK_MS, 20 + (performance.now() - started) / 4))
  }
  keepLooking()

  const end = async (): Promise<Ending & { leftBehind: number }> => {
    const own = await new Promise<Ending>((done) => {
      child.once('error', (error) => done({ kind: 'not-executable', detail: error.message }))
      child.once('exit', (code, signal) =>
        done(signal === null ? { kind: 'exited', code: code ?? 0 } : { kind: 'signalled', signal }),
      )
    })
    const exited = performance.now()
    // the watcher leaves, so that only what the command left behind is left
    watcher.end('done\n')
    look()
    const leftBehind = stopping ? 0 : await endLeftBehind(group)
    await stopping
    look()
    clearTimeout(next)
    await Promise.race([closed, new Promise((resume) => setTimeout(resume, DRAIN_MS))])
    stdout.destroy()
    stderr.destroy()
    // waiting for it has put all of its processor time into this process's account
    used.cpu = Math.max(used.cpu, waitedCpuSeconds() - waitedBefore)
    wallSeconds = (Math.max(exited, performance.now() - DRAIN_MS) - started) / 1000
    for (const meter of energy) meter.stop()
    return { ...(why ?? own), leftBehind }
  }
  return {
    ended: end(),
    usage(): Usage {
      const seconds = wallSeconds ?? (performance.now() - started) / 1000
      const told = energy.map((meter) => meter.joules()).filter((joules) => joules !== null)
      return {
        cpuSeconds: used.cpu,
        wallSeconds: seconds,
        gpuSeconds: seconds * launch.gpus.length,
        peakMemoryBytes: used.peak,
        energyJoules: told.length === 0 ? null : told.reduce((sum, joules) => sum + joules, 0),
      }
    },
    load: () => ({ residentBytes: used.resident, gpus: gpus.readings() }),
    stop: (reason: StopReason) => stopFor({ kind: 'stopped', reason }),
  }
}

/** Asks all of it to end; what is still there after the grace is killed, with whatever it forks meanwhile. */
async function endAll(group: ProcessGroup, graceMs: number): Promise<void> {
  const until = performance.now() + graceMs
  if (graceMs > 0) {
    group.signal('SIGTERM')
    // one that was stopped would not hear of it
    group.signal('SIGCONT')
    while (performance.now() < until) {
      if (group.look().count === 0) return
      await pause(50)
    }
  }
  await killAll(group)
}

async function killAll(group: ProcessGroup): Promise<void> {
  for (let round = 0; round < 200; round++) {
    // whatever has stopped cannot fork, so that the next look finds all there is
    if (group.signal('SIGSTOP') === 0) return
    group.signal('SIGKILL')
    await pause(round < 20 ? 5 : 50)
  }
}

/** @returns how many processes there still were when the command itself had ended */
async function endLeftBehind(group: ProcessGroup): Promise<number> {
  // the watcher needs a moment to go
  for (let tries = 0; tries < 5; tries++) {
    if (group.look().count === 0) return 0
    await pause(20)
  }
  const { count } = group.look()
  if (count > 0) await endAll(group, LEFT_BEHIND_GRACE_MS)
  return count
}

const pause = (ms: number) => new Promise((resume) => setTimeout(resume, ms))

function neverStarted(ending: Ending): Execution {
  return {
    ended: Promise.resolve({ ...ending, leftBehind: 0 }),
    usage: () => ({ cpuSeconds: 0, wallSeconds: 0, gpuSeconds: 0, peakMemoryBytes: 0, energyJoules: null }),
    load: () => ({ residentBytes: 0, gpus: [] }),
    stop: () => undefined,
  }
}

/** The program's whole path, as a shell would find it; else why it cannot be started. */
export function findProgram({ argv, folder, env }: Pick<Launch, 'argv' | 'folder' | 'env'>): string | Ending {
  const name = argv[0] ?? ''
  try {
    if (!statSync(folder).isDirectory()) return { kind: 'no-folder', detail: `${folder} is a file` }
    accessSync(folder, constants.X_OK)
  } catch (error) {
    return { kind: 'no-folder', detail: (error as Error).message }
  }
  if (name === '' || name.includes('\0')) return { kind: 'not-found' }
  const places =
    name.includes('/') || isAbsolute(name)
      ? [resolve(folder, name)]
      : (env.PATH ?? '/usr/local/bin:/usr/bin:/bin')
          .split(delimiter)
          .map((place) => join(resolve(folder, place), name))
  let refused: Ending | null = null
  for (const path of places) {
    try {
      if (!statSync(path).isFile()) {
        refused ??= { kind: 'not-executable', detail: `${path} is not a file` }
        continue
      }
      accessSync(path, constants.X_OK)
      return path
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EACCES')
        refused ??= { kind: 'not-executable', detail: `${path} may not be executed` }
    }
  }
  return refused ?? { kind: 'not-found' }
}

/** Words before the command that bind it to its cores, where the system has such a program. */
function bound(cpus: readonly number[]): string[] {
  if (cpus.length === 0) return []
  const path = process.env.PATH ?? '/usr/bin:/bin'
  const find = (name: string) => findProgram({ argv: [name], folder: '/', env: { PATH: path } })
  const taskset = find('taskset')
  if (typeof taskset === 'string') return [taskset, '-c', cpus.join(',')]
  const nice = find('nice')
  return typeof nice === 'string' ? [nice, '-n', '10'] : []
}
