/** @file Opens the page in a browser where there is a display, and says so where there is none. */
import { spawn } from 'node:child_process'
import type { Context } from '../context.ts'

/** Only before a person: a script, a pipe or `--no-open` opens nothing. */
export function openPage({ screen, say, env }: Context, address: string, wanted: boolean): void {
  if (!wanted || !screen.interactive || env.CI) return
  const opener = openerOf(env)
  if (opener === null) {
    screen.line(screen.paint('dim', say('start.noDisplay', { address })))
    return
  }
  const [command, ...words] = opener
  const child = spawn(command, [...words, address], { stdio: 'ignore', detached: true })
  child.on('error', () => screen.line(screen.paint('dim', say('start.noDisplay', { address }))))
  child.unref()
}

function openerOf(env: Context['env']): [string, ...string[]] | null {
  if (process.platform === 'darwin') return ['open']
  if (process.platform === 'win32') return ['cmd', '/c', 'start', '""']
  return env.DISPLAY || env.WAYLAND_DISPLAY ? ['xdg-open'] : null
}
