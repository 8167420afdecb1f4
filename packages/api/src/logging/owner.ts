/** @file Whether the process that wrote a spool is still alive. */
import { readFileSync } from 'node:fs'

export interface Owner {
  pid: number
  /** Of the process, where the system tells: a number that another process of the same pid does not have. */
  started: string
}

export const thisProcess = (): Owner => ({ pid: process.pid, started: startOf(process.pid) })

export function isAlive({ pid, started }: Owner): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // it lives, but belongs to somebody else
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return startOf(pid) === started
}

/** Linux: clock ticks after boot (field 22 of /proc/PID/stat), with the boot; elsewhere the pid alone decides. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // a zombie is dead, only not buried
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z') return 'ended'
    return `${fields[19]} ${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}`
  } catch {
    return ''
  }
}
