/** @file Ends what goes on for long when its reader signs out, loses a role, or their session or token runs out. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Bus } from '../context.ts'

/** What may change who is let in. */
const nouns: ReadonlySet<string> = new Set(['account', 'session', 'token', 'member', 'workspace'])
/** Nobody tells that a session has run out. */
const LOOK_MS = 15_000

/** @returns a function that stops looking */
export function endWhenRefused(
  app: FastifyInstance,
  request: FastifyRequest,
  bus: Bus,
  noun: string,
  end: () => void,
): () => void {
  const look = () =>
    void app.stillAllowed(request, 'viewer', noun).then((allowed) => {
      if (!allowed) end()
    })
  const leave = bus.subscribe((event) => {
    if (nouns.has(event.noun)) look()
  })
  const timer = setInterval(look, LOOK_MS)
  return () => {
    leave()
    clearInterval(timer)
  }
}
