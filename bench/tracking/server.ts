/** @file A Capstan server in a process of its own that tells its longest stall and its memory. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { startServer } from '@capstan/server'

const delay = monitorEventLoopDelay({ resolution: 5 })
delay.enable()
const [workspace, webRoot] = process.argv.slice(2)
const server = await startServer({
  ...{ workspace: workspace!, port: 0, workers: 0 },
  ...(webRoot === undefined ? {} : { webRoot }),
})
process.send!({ address: server.address })
process.on('message', () => {
  // the delay counts the timer's own interval
  process.send!({ stallMs: Math.max(0, delay.max / 1e6 - 5), memoryMiB: process.memoryUsage().rss / 2 ** 20 })
  delay.reset()
})
process.on('disconnect', () => void server.close().then(() => process.exit(0)))
