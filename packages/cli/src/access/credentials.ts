/** @file Tokens of servers that one has signed in to, in a file that nobody else reads. */
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

type Env = Record<string, string | undefined>

const fileOf = (env: Env): string =>
  join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config'), 'capstan', 'credentials.json')

function read(env: Env): Record<string, string> {
  try {
    return JSON.parse(readFileSync(fileOf(env), 'utf8')) as Record<string, string>
  } catch {
    return {}
  }
}

/** By the address of a server, or the folder of a workspace whose server changes its port. */
export const keptToken = (env: Env, place: string): string | undefined => read(env)[place]

/** @param token null forgets it. @returns the file */
export function keepToken(env: Env, place: string, token: string | null): string {
  const file = fileOf(env)
  const kept = read(env)
  if (token === null) delete kept[place]
  else kept[place] = token
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  writeFileSync(`${file}.part`, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600 })
  chmodSync(`${file}.part`, 0o600)
  renameSync(`${file}.part`, file)
  return file
}
