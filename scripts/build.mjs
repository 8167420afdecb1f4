/**
 * @file Builds what has changed: the TypeScript packages by one `tsc -b`, the page by Vite, side by side.
 * A stamp in each output holds the hash of its sources, so that a second build takes no time.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const require = createRequire(import.meta.url)
const compiled = ['engine', 'domain', 'api', 'server', 'cli']
const configuration = ['package-lock.json', 'tsconfig.base.json']

const parts = [
  {
    name: 'packages',
    sources: compiled.flatMap((name) => [`packages/${name}/src`, `packages/${name}/tsconfig.json`]),
    stamp: 'packages/cli/dist/.stamp',
    proof: compiled.map((name) => `packages/${name}/dist/index.js`),
    command: () => [binary('typescript', 'tsc'), '-b', ...compiled.map((name) => `packages/${name}`)],
    cwd: root,
  },
  {
    name: 'page',
    // the page bundles the packages' sources, too
    sources: [
      'packages/web/src',
      'packages/web/public',
      'packages/web/index.html',
      'packages/web/vite.config.ts',
      'packages/api/src',
      'packages/domain/src',
      'packages/engine/src',
    ],
    stamp: 'packages/web/dist/.stamp',
    proof: ['packages/web/dist/index.html'],
    command: () => [binary('vite', 'vite'), 'build', '--logLevel', 'warn'],
    cwd: join(root, 'packages/web'),
  },
]

/**
 * @param {{ onWork?: (names: string[]) => void }} options
 * @returns {Promise<string[]>} names of the parts that were built
 */
export async function build({ onWork = () => {} } = {}) {
  const states = await Promise.all(parts.map(async (part) => ({ part, hash: await hashOf(part.sources) })))
  const due = []
  for (const state of states) if (!(await isCurrent(state))) due.push(state)
  if (due.length === 0) return []
  const names = due.map(({ part }) => part.name)
  onWork(names)
  await Promise.all(due.map(make))
  return names
}

async function make({ part, hash }) {
  await rm(join(root, part.stamp), { force: true })
  const { code, output } = await run(part.command(), part.cwd)
  const missing = part.proof.filter((file) => !existsSync(join(root, file)))
  if (code !== 0 || missing.length > 0)
    throw new BuildError(part.name, output.trim() || `no ${missing.join(', ')}`)
  const stamp = join(root, part.stamp)
  await mkdir(dirname(stamp), { recursive: true })
  await writeFile(stamp, hash)
}

export class BuildError extends Error {
  constructor(part, output) {
    super(`the ${part} could not be built`)
    this.output = output
  }
}

async function isCurrent({ part, hash }) {
  if (part.proof.some((file) => !existsSync(join(root, file)))) return false
  return (await readFile(join(root, part.stamp), 'utf8').catch(() => '')) === hash
}

async function hashOf(sources) {
  const hash = createHash('sha256')
  for (const source of [...configuration, ...sources])
    for (const file of await filesOf(join(root, source))) {
      hash.update(file.slice(root.length))
      hash.update(await readFile(file))
    }
  return hash.digest('hex')
}

async function filesOf(path) {
  let entries
  try {
    entries = await readdir(path, { withFileTypes: true, recursive: true })
  } catch (error) {
    return error.code === 'ENOTDIR' ? [path] : []
  }
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
}

/** A package's command as a file, so that neither a shell nor npx is needed. */
function binary(name, command) {
  const manifest = require.resolve(`${name}/package.json`, { paths: [join(root, 'packages/web')] })
  const { bin } = require(manifest)
  return join(dirname(manifest), typeof bin === 'string' ? bin : bin[command])
}

function run([file, ...words], cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file, ...words], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => {
        output += text
      })
    child.on('error', reject)
    child.on('exit', (code) => resolve({ code, output }))
  })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const began = performance.now()
  try {
    const built = await build({ onWork: (names) => console.log(`Building ${names.join(' and ')} …`) })
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    console.log(built.length === 0 ? 'Everything is up to date.' : `Built in ${seconds} s.`)
  } catch (error) {
    console.error(error.output ?? error.stack)
    console.error(`Build failed: ${error.message}. Correct what is named above, then: npm run build`)
    process.exitCode = 1
  }
}
