/** @file What a built-in run was computed by: this version of Capstan, its runtimes and its machine. */
import { createRequire } from 'node:module'
import { arch, availableParallelism, cpus, platform } from 'node:os'
import type { ProviderReport } from '@capstan/engine/node'
import { onnxRuntimeVersion } from '@capstan/engine/node'

export function surroundings({ used, reason, threads }: ProviderReport): Record<string, string> {
  const { version } = createRequire(import.meta.url)('../../package.json') as { version: string }
  return {
    capstan: version,
    onnxruntime: onnxRuntimeVersion(),
    node: process.version,
    platform: `${platform()}-${arch()}`,
    cpu: cpus()[0]?.model ?? '?',
    provider: used,
    threads: String(threads || availableParallelism()),
    ...(reason === null ? {} : { providerReason: reason }),
  }
}
