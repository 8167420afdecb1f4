/** @file `capstan predict`: asks an endpoint about a picture file or a test picture. */
import { CapstanError, type Client, type DatasetVersion, type Endpoint } from '@capstan/api'
import { connect } from '../connection.ts'
import type { Context } from '../context.ts'
import { testPictures } from '../data/test-pictures.ts'
import { infer, inputOf } from '../inference/infer.ts'
import { readPicture } from '../inference/read-picture.ts'
import { bar } from '../terminal/bar.ts'
import { formatIn } from '../terminal/format.ts'
import { pictureLines } from '../terminal/picture.ts'

export interface PredictOptions {
  workspace: string
  endpoint: string
  index?: number
  json?: boolean
}

export async function predict(
  context: Context,
  file: string | undefined,
  options: PredictOptions,
): Promise<number> {
  const { screen, say } = context
  if ((file === undefined) === (options.index === undefined))
    throw new CapstanError('cli/usage', { detail: say('predict.oneOf') })
  const connection = await connect(context, options.workspace, { workers: 0, mustExist: true })
  try {
    const { client } = connection
    const endpoint = await endpointOf(client, options.endpoint)
    const data = await dataOf(client, endpoint)
    const picture =
      file === undefined ? await testPicture(client, data, options.index!) : await fromFile(file, data)
    const input = await inputOf(connection, endpoint.name)
    const answer = await infer(connection, endpoint.name, input, picture.pixels, picture.shape)
    const label = data.classes[answer.label] ?? String(answer.label)
    if (options.json) {
      screen.line(JSON.stringify({ label, probabilities: answer.probabilities, actual: picture.actual }))
      return 0
    }
    if (screen.interactive)
      for (const line of pictureLines(picture.pixels, picture.shape[1]!)) screen.line(line)
    const { percent } = formatIn(context.language, 'CNY')
    screen.line(say('predict.label', { label }))
    if (picture.actual !== undefined) screen.line(say('predict.actual', { label: picture.actual }))
    screen.table(
      answer.probabilities.map((probability, i) => [
        data.classes[i] ?? String(i),
        percent(probability, 2).padStart(7),
        screen.interactive ? screen.paint('sea', bar(probability, 24)) : '',
      ]),
    )
    return 0
  } finally {
    await connection.close()
  }
}

async function endpointOf(client: Client, name: string): Promise<Endpoint> {
  const found = (await client.serving.list()).find((endpoint) => endpoint.name === name)
  if (found === undefined) throw new CapstanError('request/not-found', { noun: 'endpoint', id: name })
  return found
}

/** The data that the served version was trained on: it knows the classes and the size of a picture. */
async function dataOf(client: Client, { versionId }: Endpoint): Promise<DatasetVersion> {
  const { runId } = await client.registry.version({ params: { id: versionId } })
  const datasetVersionId = runId && (await client.runs.get({ params: { id: runId } })).datasetVersionId
  const versions = (await client.datasets.list()).flatMap((dataset) => dataset.versions)
  return versions.find(({ id }) => id === datasetVersionId)!
}

interface Picture {
  pixels: Uint8Array
  shape: number[]
  actual?: string
}

async function testPicture(client: Client, data: DatasetVersion, index: number): Promise<Picture> {
  const pictures = await testPictures(client, data)
  if (index >= pictures.count)
    throw new CapstanError('request/not-found', {
      noun: 'picture',
      id: `${index} (0 … ${pictures.count - 1})`,
    })
  const label = pictures.label(index)
  return {
    pixels: pictures.pixels(index),
    shape: pictures.shape,
    actual: data.classes[label] ?? String(label),
  }
}

async function fromFile(file: string, data: DatasetVersion): Promise<Picture> {
  const shape = data.sampleShape.slice(-2)
  const { pixels } = await readPicture(file, shape)
  return { pixels, shape }
}
