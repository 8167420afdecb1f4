/** @file Runs a benchmark: builds, runs both sides, prints the table for people and one JSON line a figure. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const root = join(import.meta.dirname, '..')
const names = readdirSync(join(root, 'bench'))
  .filter((file) => file.endsWith('.ts') && file !== 'figure.ts')
  .map((file) => file.slice(0, -3))
const [name] = process.argv.slice(2)

if (name === undefined || !names.includes(name)) {
  for (const each of names) console.log(`${each.padEnd(16)} ${purposeOf(each)}`)
  console.log('\nnpm run bench -- NAME')
  process.exit(name === undefined ? 0 : 64)
}

run('node', ['scripts/build.mjs'])
run('npx', ['tsc', '-b', 'bench'])
const { run: benchmark } = await import(pathToFileURL(join(root, '.cache/bench/bench', `${name}.js`)).href)
const figures = await benchmark()
console.log(table(figures))
for (const figure of figures) console.log(JSON.stringify(figure))
process.exit(0)

function run(command, args) {
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (status !== 0) process.exit(status ?? 70)
}

/** The sentence at the top of the benchmark's file. */
function purposeOf(each) {
  const text = readFileSync(join(root, 'bench', `${each}.ts`), 'utf8')
  return /@file ([\s\S]*?)\s*\*\//.exec(text)?.[1]?.replace(/\s*\n\s*\*\s*/g, ' ') ?? ''
}

function table(rows) {
  const cells = [
    ['figure', 'Capstan', 'against', 'theirs', 'unit', 'ratio (above 1: better)'],
    ...rows.map((f) => [
      f.figure,
      show(f.ours),
      f.peer,
      show(f.theirs),
      f.unit,
      f.ratio === null ? '-' : show(f.ratio),
    ]),
  ]
  const widths = cells[0].map((_, i) => Math.max(...cells.map((row) => String(row[i]).length)))
  return `\n${cells.map((row) => row.map((cell, i) => String(cell).padEnd(widths[i])).join('  ')).join('\n')}\n`
}

function show(value) {
  return typeof value === 'number' ? String(Number(value.toPrecision(4))) : (value ?? '-')
}
