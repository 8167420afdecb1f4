/** @file Serves built pages on this machine with the headers that give WebAssembly its threads. */
import { createReadStream } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, sep } from 'node:path'

const types = {
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

/**
 * @param {{ folders: Record<string, string>, port?: number, isolated?: boolean }} options which folder answers for
 * addresses that begin with a prefix (longest first); port 0 takes a free one
 * @returns {Promise<{ address: string, close(): Promise<void> }>}
 */
export async function serve({ folders, port = 0, isolated = true }) {
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
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A plain file inside the folder of the first prefix that fits, or null. */
async function find(roots, url) {
  try {
    const path = decodeURIComponent(new URL(url, 'http://here').pathname)
    const { prefix, folder } = roots.find((each) => path.startsWith(each.prefix)) ?? {}
    if (folder === undefined || path.includes('\0')) return null
    const wanted = await realpath(join(folder, path.slice(prefix.length) || 'index.html'))
    const { size, ...kind } = await stat(wanted).then((s) => ({ size: s.size, plain: s.isFile() }))
    return kind.plain && wanted.startsWith(folder + sep) ? { path: wanted, size } : null
  } catch {
    return null
  }
}
