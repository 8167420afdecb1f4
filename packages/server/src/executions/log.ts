/** @file Reads a run's log: page by page, and as a stream of events that follows it to its end. */
import { CapstanError, LOG_STREAM_PATH, type LogPage } from '@capstan/api'
import { gapsOf, runEnded } from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import type { Db } from '../database/records.ts'
import { endWhenRefused } from '../http/access.ts'
import { requireAccess } from '../http/guard.ts'
import { getRun, type RunRecord } from '../runs/store.ts'
import { printedBytes, readLog } from './store.ts'

const PAGE_BYTES = 1 << 20
/** A log on a shared database may grow without this server hearing of it. */
const LOOK_MS = 1000
/** A reader that cannot keep up is waited for. */
const MAX_BUFFERED_BYTES = 4 << 20

/** @param offset first byte wanted; else the last `tail` bytes; else all from the start */
export async function logPage(
  db: Db,
  run: RunRecord,
  { offset, tail, limit }: { offset?: number | undefined; tail?: number | undefined; limit: number },
): Promise<LogPage> {
  const end = await printedBytes(db, run.number)
  const from = offset ?? (tail === undefined ? 0 : Math.max(0, end - tail))
  const pieces = await readLog(db, run.number, from, limit)
  const last = pieces.at(-1)
  const next = last ? last.offset + last.bytes : Math.max(from, end)
  return {
    pieces,
    next,
    end,
    leftOut: gapsOf(pieces, from, last ? next : end),
    complete: runEnded(run.state) && run.worker === null && next >= end,
  }
}

/** @see https://html.spec.whatwg.org/multipage/server-sent-events.html */
export function logStreamRoute(app: FastifyInstance, { db, bus }: Context): void {
  app.get<{ Params: { id: string }; Querystring: { offset?: string } }>(
    LOG_STREAM_PATH,
    async (request, reply) => {
      requireAccess(request, 'viewer', 'runs')
      const { id } = request.params
      await getRun(db, id)
      const given = request.headers['last-event-id'] ?? request.query.offset ?? '0'
      let offset = Number(given)
      if (!Number.isInteger(offset) || offset < 0) {
        throw new CapstanError('request/invalid', { detail: 'query.offset: not a whole number from 0' })
      }
      const { raw } = reply.hijack()
      raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })
      raw.write(': capstan\n\n')
      let wake = () => {}
      const leave = bus.subscribe((event) => {
        if (event.noun === 'run' && event.id === id) wake()
      })
      let open = true
      const leaveAccess = endWhenRefused(app, request, bus, 'runs', () => {
        open = false
        wake()
      })
      raw.on('close', () => {
        open = false
        wake()
      })
      try {
        while (open) {
          const woken = new Promise<void>((resume) => {
            wake = resume
          })
          const page = await logPage(db, await getRun(db, id), { offset, limit: PAGE_BYTES })
          offset = page.next
          if (page.pieces.length > 0 || page.complete) {
            raw.write(`id: ${offset}\ndata: ${JSON.stringify(page)}\n\n`)
          }
          if (page.complete) break
          if (raw.writableLength > MAX_BUFFERED_BYTES)
            await new Promise((resume) => raw.once('drain', resume))
          if (offset >= page.end) await Promise.race([woken, pause(LOOK_MS)])
        }
      } finally {
        leave()
        leaveAccess()
        raw.end()
      }
    },
  )
}

const pause = (ms: number) => new Promise<void>((resume) => setTimeout(resume, ms).unref())
