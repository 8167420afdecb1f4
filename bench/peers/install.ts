/** @file Installs the peers of a benchmark, or says why one cannot be had. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const works = (command: string, args: readonly string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore' }).status === 0

/** Null when Debian's PyTorch can be imported (installing it first where that is allowed), else the reason. */
export function needTorch(mayInstall: boolean): string | null {
  const present = (): boolean => works('/usr/bin/python3', ['-c', 'import torch'])
  if (present()) return null
  if (!mayInstall) return 'python3-torch is not installed'
  if (process.getuid?.() !== 0 || !works('apt-get', ['--version']))
    return 'installing python3-torch needs Debian and root'
  const installed = works('apt-get', ['install', '-y', 'python3-torch', 'libopenblas0'])
  return installed && present() ? null : 'apt-get could not install python3-torch'
}

/** The folder an npm package was installed into, or null where npm could not get it. */
export function needNpm(name: string, version: string): string | null {
  const folder = join(process.cwd(), '.cache', 'peers', name.replace(/^@/, '').replaceAll('/', '-'))
  if (existsSync(join(folder, 'node_modules', name))) return folder
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'peer', private: true }))
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  return works(npm, ['install', '--prefix', folder, '--no-audit', '--no-fund', `${name}@${version}`])
    ? folder
    : null
}

/** The Python of a virtual environment that has `packages` from PyPI, or null where they cannot be had. */
export function needPython(name: string, packages: readonly string[], mayInstall: boolean): string | null {
  const folder = join(process.cwd(), '.cache', 'peers', name)
  const python = join(folder, 'bin', 'python')
  const done = join(folder, 'installed')
  if (existsSync(done)) return python
  if (!mayInstall || !works('python3', ['-m', 'venv', folder])) return null
  if (!works(python, ['-m', 'pip', 'install', '--quiet', ...packages])) return null
  writeFileSync(done, packages.join('\n'))
  return python
}
