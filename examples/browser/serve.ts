/** @file Serves built pages on this machine with the headers that give WebAssembly its threads. */
import { createReadStream } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, sep } from 'node:path'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
}

const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
}

const safety = {
  'content-security-policy':
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval' blob:; worker-src 'self' blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data:",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
}

export interface ServeOptions {
  /** Which folder answers for addresses that begin with a prefix; the longest prefix first. */
  readonly folders: Readonly<Record<string, string>>
  /** 0 takes a free one. */
  readonly port?: number
  readonly isolated?: boolean
}

export interface Served {
  readonly address: string
  close(): Promise<void>
}

export async function serve({ folders, port = 0, isolated = true }: ServeOptions): Promise<Served> {
  const roots = await Promise.all(
    Object.entries(folders)
      .sort(([a], [b]) => b.length - a.length)
      .map(async ([prefix, folder]) => ({ prefix, folder: await realpath(folder) })),
  )
  const server = createServer(async (request, response) => {
    const headers = { ...safety, ...(isolated ? isolation : {}) }
    const file = ['GET', 'HEAD'].includes(request.method ?? '') ? await find(roots, request.url ?? '/') : null
    if (file === null) {
      response.writeHead(404, { ...headers, 'content-type': 'text/plain; charset=utf-8' }).end('not found\n')
      return
    }
    response.writeHead(200, {
      ...headers,
      'content-type': types[extname(file.path)] ?? 'application/octet-stream',
      'content-length': file.size,
    })
    if (request.method === 'HEAD') response.end()
    else
      createReadStream(file.path)
        .on('error', () => response.destroy())
        .pipe(response)
  })
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(port, '127.0.0.1', resolve),
  )
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

interface Root {
  readonly prefix: string
  readonly folder: string
}

/** A plain file inside the folder of the first prefix that fits, or null. */
async function find(roots: readonly Root[], url: string): Promise<{ path: string; size: number } | null> {
  try {
    const path = decodeURIComponent(new URL(url, 'http://here').pathname)
    const root = roots.find(({ prefix }) => path.startsWith(prefix))
    if (root === undefined) return null
    const wanted = await realpath(join(root.folder, path.slice(root.prefix.length) || 'index.html'))
    const found = await stat(wanted)
    return found.isFile() && wanted.startsWith(root.folder + sep) ? { path: wanted, size: found.size } : null
  } catch {
    return null
  }
}
