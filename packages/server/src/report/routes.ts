/** @file Routes of the weekly report. */
import { api, refusedError } from '@capstan/api'
import { dateOfDay, dayOfDate, message, type Report, reportHtml, reportMarkdown } from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { bind, sentByHandler } from '../http/register.ts'
import { timesOf } from '../measures/clock.ts'
import { readFacts } from '../workspace/facts.ts'
import { gatherReport } from './gather.ts'

/** Days that a report may cover. */
const MOST_DAYS = 366

export function reportRoutes(app: FastifyInstance, { db, now }: Context): void {
  const read = async (query: { from?: string | undefined; to?: string | undefined }): Promise<Report> => {
    const at = now().toISOString()
    const { calendar } = await timesOf(db, at)
    const last = query.to === undefined ? calendar.dayOf(at) : dayOfDate(query.to)
    const first = query.from === undefined ? last - 6 : dayOfDate(query.from)
    if (first > last || last - first >= MOST_DAYS)
      throw refusedError(
        message('report.window', { from: dateOfDay(first), to: dateOfDay(last), days: MOST_DAYS }),
      )
    return gatherReport(db, { first, last, now: at, calendar })
  }
  bind(app, api.report.get, ({ query }) => read(query))
  bind(app, api.report.document, async ({ query, request, reply }) => {
    const report = await read(query)
    const language = query.language ?? (await readFacts(db)).language
    const address = `${request.protocol}://${request.headers.host}`
    const html = query.format === 'html'
    reply
      .type(html ? 'text/html; charset=utf-8' : 'text/markdown; charset=utf-8')
      .send((html ? reportHtml : reportMarkdown)(report, { language, address }))
    return sentByHandler
  })
}
