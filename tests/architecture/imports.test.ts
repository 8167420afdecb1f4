/** @file Imports point the way that DESIGN and ARCHITECTURE.md say, without circles. */
import { describe, expect, test } from 'vitest'
import { type Source, sources, target } from './source.ts'

const all = sources()
const production = all.filter(({ path }) => !/\.(test|fixture)\.tsx?$|\/testdata\//.test(path))

/** Which Capstan packages each package may import. */
const mayImport: Record<string, readonly string[]> = {
  engine: [],
  domain: [],
  api: ['@capstan/domain'],
  server: ['@capstan/api', '@capstan/domain', '@capstan/engine'],
  cli: ['@capstan/api', '@capstan/domain', '@capstan/engine', '@capstan/server'],
  web: ['@capstan/api', '@capstan/domain'],
}

/** Inside the engine, what each room may import; `train` stands on top, `graph` at the bottom. */
const engineRooms: Record<string, readonly string[]> = {
  graph: [],
  onnx: ['graph'],
  autodiff: ['graph'],
  nn: ['graph'],
  loss: ['graph'],
  optim: ['graph'],
  pretrained: ['graph', 'onnx', 'nn'],
  runtime: ['graph'],
  train: ['graph', 'onnx', 'autodiff', 'nn', 'loss', 'optim', 'runtime'],
}

const packageOf = ({ path }: Source) => path.split('/')[1]!
const roomOf = (path: string) => path.split('/')[3]!

describe('between packages', () => {
  test.each(Object.keys(mayImport))('%s imports what it may', (name) => {
    const wrong = production
      .filter((source) => packageOf(source) === name)
      .flatMap(({ path, imports }) =>
        imports
          .filter(
            (i) =>
              i.startsWith('@capstan/') && !mayImport[name]!.some((ok) => i === ok || i.startsWith(`${ok}/`)),
          )
          .map((i) => `${path} imports ${i}`),
      )
    expect(wrong).toEqual([])
  })

  test('the engine and the domain import no package at run time but ONNX, its runtime and protobuf', () => {
    const allowed = /^(\.|node:|onnxruntime-|@bufbuild\/protobuf)/
    const wrong = production
      .filter((source) => ['engine', 'domain'].includes(packageOf(source)))
      .flatMap(({ path, imports }) =>
        imports.filter((i) => !allowed.test(i)).map((i) => `${path} imports ${i}`),
      )
    expect(wrong).toEqual([])
  })

  test('relative imports stay inside their package and name their file', () => {
    const wrong = all.flatMap((source) =>
      source.imports
        .filter((i) => i.startsWith('.'))
        .filter(
          (i) =>
            !target(source, i).startsWith(`packages/${packageOf(source)}/`) ||
            !/\.(tsx?|json|css|svg)$/.test(i),
        )
        .map((i) => `${source.path} imports ${i}`),
    )
    expect(wrong).toEqual([])
  })
})

describe('inside the engine', () => {
  const engine = production.filter(
    (source) => packageOf(source) === 'engine' && source.path.split('/').length > 4,
  )

  test('rooms import downwards only', () => {
    const wrong = engine.flatMap((source) =>
      source.imports
        .filter((i) => i.startsWith('.'))
        .map((i) => ({ i, room: target(source, i).split('/').length > 4 ? roomOf(target(source, i)) : null }))
        .filter(
          ({ room }) =>
            room !== null &&
            room !== roomOf(source.path) &&
            !engineRooms[roomOf(source.path)]?.includes(room),
        )
        .map(({ i }) => `${source.path} imports ${i}`),
    )
    expect(wrong).toEqual([])
  })

  test('only runtime/node.ts and runtime/web.ts import ONNX Runtime', () => {
    const wrong = production
      .filter(
        ({ path, imports }) =>
          imports.some((i) => i.startsWith('onnxruntime-')) && !/runtime\/(node|web)\.ts$/.test(path),
      )
      .map(({ path }) => path)
    expect(wrong).toEqual([])
  })
})

describe('inside the domain', () => {
  test('there is no I/O, no clock and no chance but a seeded one', () => {
    const forbidden =
      /\bfrom 'node:|Date\.now\(|new Date\(\)|Math\.random\(|performance\.now|process\.|fetch\(/
    const wrong = production
      .filter((source) => packageOf(source) === 'domain' && forbidden.test(source.text))
      .map(({ path }) => path)
    expect(wrong).toEqual([])
  })
})

describe('inside the server', () => {
  test('SQL stands in the database room and in stores alone', () => {
    const speaks = /\.(selectFrom|insertInto|updateTable|deleteFrom)\(|\bsql`/
    const rooms = /^packages\/server\/src\/(database\/|[a-z]+\/store\.ts$)/
    const wrong = production
      .filter(
        ({ path, text }) => path.startsWith('packages/server/') && speaks.test(text) && !rooms.test(path),
      )
      .map(({ path }) => path)
    expect(wrong).toEqual([])
  })
})

describe('inside the web app', () => {
  test('features do not import each other', () => {
    const feature = (path: string) => /^packages\/web\/src\/features\/([^/]+)\//.exec(path)?.[1]
    const wrong = production.flatMap((source) => {
      const own = feature(source.path)
      return source.imports
        .filter((i) => own !== undefined && i.startsWith('.') && (feature(target(source, i)) ?? own) !== own)
        .map((i) => `${source.path} imports ${i}`)
    })
    expect(wrong).toEqual([])
  })
})

test('no file imports itself in a circle', () => {
  const graph = new Map(
    production.map((source) => [
      source.path,
      // types alone make no circle when the program runs
      [...source.text.matchAll(/^(?:import|export)(?! type)\b[^'";]*?from\s+'(\.[^']+)'/gm)].map((m) =>
        target(source, m[1]!),
      ),
    ]),
  )
  const done = new Set<string>()
  const circles: string[] = []
  const visit = (path: string, trail: string[]): void => {
    if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '))
    if (done.has(path) || trail.includes(path)) return
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const path of graph.keys()) visit(path, [])
  expect(circles).toEqual([])
})
