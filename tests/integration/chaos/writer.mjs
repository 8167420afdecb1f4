/** @file A training program elsewhere that logs batches of points and notes on disk which were acknowledged. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

class Refusal extends Error {}

const [workspace, id, file, batches, size] = process.argv.slice(2)
const done = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean).length : 0
const began = 1_700_000_000_000

for (let batch = done; batch < Number(batches); batch++) {
  const metrics = Array.from({ length: Number(size) }, (_, i) => {
    const step = batch * Number(size) + i
    return { key: 'value', step, at: began + step, value: step / 7 }
  })
  while (!(await send(metrics))) await new Promise((resume) => setTimeout(resume, 50))
  appendFileSync(file, `${batch}\n`, { flush: true })
}

async function send(metrics) {
  try {
    const { address } = JSON.parse(readFileSync(join(workspace, 'server.json'), 'utf8'))
    const answer = await fetch(`${address}/api/v1/tracking/runs/${id}/log`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ metrics }),
    })
    if (!answer.ok && answer.status < 500) throw new Refusal(`${answer.status} ${await answer.text()}`)
    return answer.ok
  } catch (error) {
    if (error instanceof Refusal) throw error
    return false
  }
}
