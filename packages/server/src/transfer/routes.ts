/** @file Routes of the whole workspace as a document. */
import { Readable } from 'node:stream'
import { api, CapstanError } from '@capstan/api'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { bind, sentByHandler } from '../http/register.ts'
import type { Serving } from '../serving/service.ts'
import { countTables, csvLines, documentLines } from './export.ts'
import { importDocument } from './import.ts'
import type { Table } from './spec.ts'
import { specOf } from './tables.ts'

export function transferRoutes(app: FastifyInstance, context: Context, serving: Serving): void {
  bind(app, api.workspace.tables, () => countTables(context.db))
  bind(app, api.workspace.export, async ({ query, reply }): Promise<typeof sentByHandler> => {
    const day = context.now().toISOString().slice(0, 10)
    reply
      .type('application/x-ndjson; charset=utf-8')
      .header('content-disposition', `attachment; filename="capstan-${day}.ndjson"`)
      .send(Readable.from(documentLines(context, query), { objectMode: false }))
    return sentByHandler
  })
  bind(app, api.workspace.exportTable, async ({ params, reply }): Promise<typeof sentByHandler> => {
    const table = params.table.replace(/\.csv$/, '')
    const spec = specOf(table)
    if (!spec) throw new CapstanError('request/not-found', { noun: 'table', id: table })
    reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="${table}.csv"`)
      .send(Readable.from(csvLines(context, table as Table, spec), { objectMode: false }))
    return sentByHandler
  })
  bind(app, api.workspace.import, async ({ query, request, actor }) => {
    if (!(request.body instanceof Readable))
      throw new CapstanError('request/invalid', { detail: 'send the document as application/octet-stream' })
    const report = await importDocument(context, request.body, { actor, check: query.check })
    if (!report.checked) await serving.open()
    return report
  })
}
