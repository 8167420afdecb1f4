/** @file What a handler of MLflow's routes takes and gives. */
import type { FastifyRequest } from 'fastify'
import type { Fields } from './protocol.ts'

/** An answer that is JSON text already. */
export class JsonText {
  readonly text: string | Buffer
  constructor(text: string | Buffer) {
    this.text = text
  }
}

/** Handlers by method and path below `mlflow/`. */
export type Handlers = Record<
  string,
  (fields: Fields, actor: string, request: FastifyRequest) => Promise<object> | object
>
