/** @file Runs the integration tests: installs from Debian what they need where it is missing, or says what to install. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/** What the tests start, and the Debian package that carries it. */
const needs = [
  { what: 'Chromium', packages: ['chromium'], found: () => existsSync('/usr/bin/chromium') },
  {
    what: 'Chinese fonts',
    packages: ['fonts-noto-cjk'],
    found: () => existsSync('/usr/share/fonts/opentype/noto'),
  },
  {
    what: 'ONNX test data',
    packages: ['libonnx-testdata'],
    found: () => existsSync('/usr/share/libonnx-testdata'),
  },
  {
    what: 'PyTorch',
    packages: ['python3-torch', 'libopenblas0'],
    found: () => existsSync('/usr/lib/python3/dist-packages/torch'),
  },
  {
    what: 'Fashion-MNIST',
    packages: ['dataset-fashion-mnist'],
    found: () => existsSync('/usr/share/datasets/fashion-mnist'),
  },
  {
    what: 'environments for Python packages',
    packages: ['python3-venv'],
    found: () => spawnSync('python3', ['-c', 'import ensurepip'], { stdio: 'ignore' }).status === 0,
  },
  { what: 'PostgreSQL', packages: ['postgresql'], found: () => postgresServer() },
]

const missing = needs.filter(({ found }) => !found())
if (missing.length > 0) install(missing)
const built = spawnSync('node', ['scripts/build.mjs'], { cwd: root, stdio: 'inherit' })
if (built.status !== 0) process.exit(built.status ?? 70)
const tests = spawnSync('npx', ['vitest', 'run', '--project', 'integration', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
})
process.exit(tests.status ?? 70)

function install(wanted) {
  const packages = wanted.flatMap((need) => need.packages)
  const line = `apt-get install -y ${packages.join(' ')}`
  console.log(`Installing what the integration tests need: ${line}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  spawnSync('apt-get', ['update'], { stdio: 'ignore', env })
  const { status } = spawnSync('apt-get', ['install', '-y', '--no-install-recommends', ...packages], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env,
  })
  const still = wanted.filter(({ found }) => !found())
  if (status !== 0 || still.length > 0) {
    console.error(
      `Missing for the integration tests: ${still.map(({ what }) => what).join(', ')}. As root: ${line}`,
    )
    process.exit(69)
  }
}

function postgresServer() {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : []
  return versions.some((version) => existsSync(`/usr/lib/postgresql/${version}/bin/initdb`))
}
