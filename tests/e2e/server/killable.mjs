/** @file A server of its own process on a workspace, to be killed. */
import { startServer } from '@capstan/server'

await startServer({ workspace: process.argv[2], port: 0, workers: 0, logLevel: 'warn' })
