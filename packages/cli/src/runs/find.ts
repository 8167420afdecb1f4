/** @file Finds what a person names: a run by number, an initiative or a data set by name. */
import { ApiError, CapstanError, type Client, type Run } from '@capstan/api'

/** By number (`12`, `#12`) or identifier. @throws {CapstanError} `request/not-found` */
export async function findRun(client: Client, reference: string): Promise<Run> {
  const number = /^#?(\d+)$/.exec(reference)?.[1]
  if (number !== undefined) {
    const asked = Number(number)
    const [found] =
      asked >= 1 && Number.isSafeInteger(asked) ? await client.runs.list({ query: { number: asked } }) : []
    if (found) return found
  } else if (/^[\w.-]{1,64}$/.test(reference)) {
    try {
      return await client.runs.get({ params: { id: reference } })
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) throw error
    }
  }
  throw new CapstanError('request/not-found', { noun: 'run', id: reference })
}

/** By identifier, name, or the beginning of a name where only one begins so. */
export async function findInitiative(client: Client, reference: string): Promise<string> {
  const all = await client.strategy.initiatives()
  const wanted = reference.toLowerCase()
  const exact = all.find(({ id, name }) => id === reference || name.toLowerCase() === wanted)
  if (exact) return exact.id
  const begin = all.filter(({ name }) => name.toLowerCase().startsWith(wanted))
  if (begin.length === 1) return begin[0]!.id
  throw unknown('initiative', reference, all)
}

/** `digits`, `digits:2` (a version), `train=digits:2` (under a name of its own). */
export async function findData(
  client: Client,
  reference: string,
): Promise<{ name: string; datasetVersionId: string }> {
  const [, given, dataset, version] = /^(?:([A-Za-z][\w-]*)=)?(.+?)(?::v?(\d+))?$/.exec(reference) ?? []
  const all = await client.datasets.list()
  const found = all.find(({ id, name }) => name === dataset || id === dataset)
  const versions = found?.versions ?? []
  const chosen =
    version === undefined ? versions.at(-1) : versions.find(({ number }) => number === Number(version))
  if (!found) throw unknown('dataset', reference, all)
  if (!chosen) throw new CapstanError('request/not-found', { noun: 'dataset', id: reference })
  const name = given ?? found.name.replace(/[^A-Za-z0-9_-]+/g, '_').replace(/^[^A-Za-z]+/, '')
  return { name: (name || 'data').slice(0, 64), datasetVersionId: chosen.id }
}

const MOST_NAMES = 20

/** With what there is instead. */
function unknown(noun: string, name: string, all: readonly { name: string }[]): CapstanError {
  if (all.length === 0) return new CapstanError('request/not-found', { noun, id: name })
  const names = all.slice(0, MOST_NAMES).map((one) => one.name)
  return new CapstanError('cli/unknown-name', {
    ...{ noun, name },
    names: names.join(', ') + (all.length > MOST_NAMES ? ', …' : ''),
  })
}
