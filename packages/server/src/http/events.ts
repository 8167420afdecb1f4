/** @file The stream of live events (server-sent events), resumable behind any audit entry. */
import { EVENTS_PATH, type LiveEvent } from '@capstan/api'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { since } from '../database/audit.ts'
import { endWhenRefused } from './access.ts'
import { requireAccess } from './guard.ts'

const PING_MS = 15_000
/** A reader that cannot keep up is cut off here and resumes by its last seen entry. */
const MAX_BUFFERED_BYTES = 4 << 20
const CATCH_UP_LIMIT = 10_000

/** @see https://html.spec.whatwg.org/multipage/server-sent-events.html */
export function eventRoute(app: FastifyInstance, { db, bus }: Context): void {
  app.get(EVENTS_PATH, async (request, reply) => {
    requireAccess(request, 'viewer', 'loop')
    const { raw } = reply.hijack()
    raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    raw.write(': capstan\n\n')
    const write = (event: LiveEvent) => {
      if (raw.writableLength > MAX_BUFFERED_BYTES) return raw.destroy()
      raw.write(`${event.seq === null ? '' : `id: ${event.seq}\n`}data: ${JSON.stringify(event)}\n\n`)
    }
    const leaveAccess = endWhenRefused(app, request, bus, 'loop', () => {
      leave()
      raw.end()
    })
    // what happens while the past is read waits its turn
    let backlog: LiveEvent[] | null = []
    const leave = bus.subscribe((event) => (backlog ? backlog.push(event) : write(event)))
    const ping = setInterval(() => raw.write(': ping\n\n'), PING_MS)
    raw.on('close', () => {
      leave()
      leaveAccess()
      clearInterval(ping)
    })
    let seen = Number(request.headers['last-event-id'] ?? Number.NaN)
    if (Number.isInteger(seen)) {
      for (const { actor: _, ...entry } of await since(db, seen, CATCH_UP_LIMIT)) {
        write(entry)
        seen = entry.seq
      }
    }
    for (const event of backlog) if (event.seq === null || !(event.seq <= seen)) write(event)
    backlog = null
  })
}
