/** @file Asks ONNX Runtime for a session on a provider, in a process of its own: a bad driver may crash or chatter. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export type Provider = 'cpu' | 'webgpu'

export interface ProviderProbe {
  used: string | null
  /** Why the provider that was asked for is not used. */
  reason: string | null
}

const patienceMs = 20_000

export function probeProvider(provider: Provider): Promise<ProviderProbe> {
  const entry = fileURLToPath(new URL('./probe.js', import.meta.url))
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [entry, provider], { timeout: patienceMs })
    let answer = ''
    let chatter = ''
    child.stdout.on('data', (text) => {
      answer += text
    })
    child.stderr.on('data', (text) => {
      chatter += text
    })
    child.on('error', (error) => resolve({ used: null, reason: error.message }))
    child.on('exit', (code, signal) => {
      const line = answer.split('\n').find((text) => text.startsWith('{'))
      if (line === undefined) return resolve({ used: null, reason: `exit ${signal ?? code}` })
      const probe = JSON.parse(line) as ProviderProbe
      resolve({ used: probe.used, reason: probe.reason && shortened(probe.reason, chatter) })
    })
  })
}

/** The missing library where the loader names it, else the last part of ONNX Runtime's long sentence. */
export const shortened = (reason: string, chatter: string): string =>
  /([\w.+-]+\.(?:so|dll|dylib)[\w.]*): cannot open/
    .exec(chatter)?.[0]
    .replace(': cannot open', ' is missing') ?? reason.split(/[.:] /).at(-1)!.trim()
