/** @file Runs an example: builds, trains on real data, prints what it reached beside a reference. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const root = join(import.meta.dirname, '..')
const folder = join(root, 'examples', 'engine')
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3))
const recording = process.argv[2] === '--reference'
const name = process.argv[recording ? 3 : 2]

if (name === undefined || !names.includes(name)) {
  if (name !== undefined) console.error(`There is no example called ${name}.\n`)
  const width = Math.max(...names.map((each) => each.length)) + 2
  for (const each of names) console.log(`${each.padEnd(width)}${purposeOf(each)}`)
  console.log('\nnpm run example -- NAME')
  console.log('npm run example -- --reference NAME   repeats what the example is compared with, in Python')
  process.exit(name === undefined ? 0 : 64)
}

process.chdir(root)
run('node', ['scripts/build.mjs'])
run('npx', ['tsc', '-b', 'examples'])
const built = (file) => pathToFileURL(join(root, '.cache/examples/examples', file)).href
try {
  if (recording) await (await import(built('reference/record.js'))).record(name)
  else await import(built(`engine/${name}.js`))
} catch (cause) {
  // Our own errors say what to do next; of any other the place where it happened is what helps.
  if (!(cause instanceof Error && 'hint' in cause)) throw cause
  console.error(`\n${cause.message}\n${cause.hint}`)
  process.exitCode = 69
}

function run(command, args) {
  const { status } = spawnSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' })
  if (status !== 0) process.exit(status ?? 70)
}

/** The sentence at the top of the example's file. */
function purposeOf(each) {
  const text = readFileSync(join(folder, `${each}.ts`), 'utf8')
  return /@file ([\s\S]*?)\s*\*\//.exec(text)?.[1]?.replace(/\s*\n\s*\*\s*/g, ' ') ?? ''
}
