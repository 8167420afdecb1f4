/** @file The program of a worker process or thread: opens sessions, runs them and sends their results back. */
import { isMainThread, parentPort } from 'node:worker_threads'
import { EngineError } from '../errors.ts'
import { nodeRuntime } from './node.ts'
import type { Runtime, Session } from './session.ts'
import type { Ask, Said } from './workers.ts'

const sessions = new Map<number, Session>()
let runtime: Runtime | null = null

async function answer(ask: Ask): Promise<unknown> {
  if (ask.kind === 'start') {
    runtime = nodeRuntime(ask.options)
    return null
  }
  if (ask.kind === 'create') {
    const session = await runtime!.createSession(ask.model)
    sessions.set(ask.session, session)
    const { inputNames, outputNames, provider } = session
    return { inputNames: [...inputNames], outputNames: [...outputNames], provider }
  }
  const session = sessions.get(ask.session)!
  if (ask.kind === 'run') return session.run(ask.feeds, ask.fetches)
  sessions.delete(ask.session)
  return session.release()
}

const send = (said: Said): void => {
  if (isMainThread) process.send?.(said)
  else parentPort!.postMessage(said)
}

async function heard(ask: Ask): Promise<void> {
  try {
    send({ id: ask.id, value: await answer(ask) })
  } catch (error) {
    const known = error instanceof EngineError
    const message = error instanceof Error ? error.message : String(error)
    send({
      id: ask.id,
      code: known ? error.code : null,
      message,
      hint: known ? error.hint : 'Look at its cause.',
    })
  }
}

if (isMainThread) {
  process.on('message', (ask) => void heard(ask as Ask))
  // Its parent is gone: nobody will ask again.
  process.on('disconnect', () => process.exit(0))
} else parentPort!.on('message', (ask: Ask) => void heard(ask))
