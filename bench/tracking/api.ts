/** @file What the benchmarks of tracking send, to Capstan and to MLflow alike. */
export const smoke = process.env.CAPSTAN_BENCH_SMOKE === '1'
/** Points in a request: the most that MLflow takes. */
export const BATCH = smoke ? 100 : 1000

/** @returns the answer of one call of MLflow's REST API */
export async function post(address: string, path: string, body: object): Promise<unknown> {
  const response = await fetch(`${address}/api/2.0/mlflow/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
  return response.json()
}

export async function newRun(address: string, i: number): Promise<string> {
  const body = { experiment_id: '0', start_time: 1_700_000_000_000 + i }
  const { run } = (await post(address, 'runs/create', body)) as { run: { info: { run_id: string } } }
  return run.info.run_id
}

/** Logs the batch of that number: `BATCH` points, dealt to `keys` curves. */
export async function logBatch(address: string, run_id: string, batch: number, keys = 50): Promise<void> {
  const metrics = Array.from({ length: BATCH }, (_, i) => {
    const step = Math.floor((batch * BATCH + i) / keys)
    return { key: `m${i % keys}`, value: Math.sin(step / 100), timestamp: 1_700_000_000_000 + step, step }
  })
  await post(address, 'runs/log-batch', { run_id, metrics })
}

/** Points a second of four writers, each with a run of its own, as fast as they are answered. */
export async function pointsPerSecond(address: string, batches: number): Promise<number> {
  const writers = await Promise.all(Array.from({ length: 4 }, () => newRun(address, 0)))
  let next = 0
  const began = performance.now()
  await Promise.all(
    writers.map(async (run_id) => {
      for (let batch = next++; batch < batches; batch = next++) await logBatch(address, run_id, batch)
    }),
  )
  return (batches * BATCH * 1000) / (performance.now() - began)
}
