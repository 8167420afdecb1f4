/** @file Reads where the loop stands, then asks the endpoint what a test picture shows. */
import { ApiError, CapstanError, createClient } from '@capstan/api'
import { decodeIdx } from '@capstan/domain'

const [baseUrl = 'http://127.0.0.1:4600', index = '0'] = process.argv.slice(2)
const capstan = createClient({ baseUrl, token: process.env.CAPSTAN_TOKEN })

try {
  const { workspace, cycle, keyResults, endpoint, run } = await capstan.loop.get()
  console.log(`${workspace.name}, cycle ${cycle?.number ?? '-'}`)
  for (const { title, measure, forecast } of keyResults) {
    const chance = forecast.chance === null ? 'unknown' : `${(forecast.chance * 100).toFixed(0)}%`
    console.log(`  ${title}: ${measure.latest?.value ?? 'no evidence'}, chance by its date ${chance}`)
  }
  if (!endpoint || !run) throw new Error('Nothing is served yet. Let the first turn end, then repeat.')

  const picture = await testPicture(run.datasetVersionId, Number(index))
  const { label, probability } = await classify(endpoint.name, picture.pixels)
  console.log(
    `Picture ${index}: ${label} (${(probability * 100).toFixed(1)}%); its label is ${picture.label}`,
  )
} catch (error) {
  const known = error instanceof ApiError || error instanceof CapstanError
  console.error(known ? `${error.message} ${error.body.hint ?? error.body('en').hint}` : error.message)
  process.exitCode = 1
}

async function testPicture(versionId, at) {
  const versions = (await capstan.datasets.list()).flatMap((dataset) => dataset.versions)
  const version = versions.find(({ id }) => id === versionId)
  const read = async (role) => {
    const { blob } = version.files.find((file) => file.role === role)
    const decoded = decodeIdx(await capstan.blobs.get({ params: { hash: blob } }), role)
    if (!decoded.ok) throw new Error(`internal: the stored file ${role} is damaged`)
    return decoded.value
  }
  const [images, labels] = [await read('test-images'), await read('test-labels')]
  const size = images.shape[1] * images.shape[2]
  return { pixels: images.data.subarray(at * size, (at + 1) * size), label: labels.data[at] }
}

/** The Open Inference Protocol: the model says what its input is, and answers label and probabilities. */
async function classify(name, pixels) {
  const { inputs } = await (await fetch(`${baseUrl}/v2/models/${name}`)).json()
  const [{ name: input, datatype, shape }] = inputs
  const scale = datatype.startsWith('FP') ? 1 / 255 : 1
  const response = await fetch(`${baseUrl}/v2/models/${name}/infer`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      inputs: [
        { name: input, datatype, shape: [1, ...shape.slice(1)], data: Array.from(pixels, (v) => v * scale) },
      ],
    }),
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.error)
  const output = (wanted) => answer.outputs.find((tensor) => tensor.name === wanted).data
  const label = output('label')[0]
  return { label, probability: output('probabilities')[label] }
}
