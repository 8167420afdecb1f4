/** @file A command that keeps a checkpoint: counts, logs each step, and goes on where it stopped. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const { CAPSTAN_URL, CAPSTAN_TOKEN, CAPSTAN_RUN_ID, CAPSTAN_CHECKPOINT_DIR } = process.env
const steps = Number(process.argv[2])
const file = join(CAPSTAN_CHECKPOINT_DIR, 'step')
let step = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
console.log(`from ${step}`)
while (step < steps) {
  const metrics = [{ key: 'count', step, at: 1_700_000_000_000 + step, value: step * step }]
  const answer = await fetch(`${CAPSTAN_URL}/api/v1/tracking/runs/${CAPSTAN_RUN_ID}/log`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${CAPSTAN_TOKEN}` },
    body: JSON.stringify({ metrics }),
  })
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
  step++
  writeFileSync(`${file}.part`, String(step), { flush: true })
  renameSync(`${file}.part`, file)
  console.log(`step ${step}`)
  await new Promise((resume) => setTimeout(resume, 20))
}
