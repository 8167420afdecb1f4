/** @file Routes outside the table of nouns: streams, the Open Inference Protocol, MLflow's REST API, the API's own pages. */
import type { Access } from '@capstan/domain'
import { EVENTS_PATH, OPENAPI_PATH } from './api.ts'
import { LOG_STREAM_PATH } from './nouns/commands.ts'

export interface ProtocolRoute {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT'
  path: string
  noun: string
  access: Access
}

const on = (method: ProtocolRoute['method'], path: string, noun: string, access: Access): ProtocolRoute => ({
  method,
  path,
  noun,
  access,
})

const models = ['/v2/models/:name', '/v2/models/:name/versions/:version']

/** Searches are sent as POST, and change nothing. */
export const mlflowAccess = (method: string, path: string): 'viewer' | 'engineer' =>
  method === 'GET' || /\/(search|get-latest-versions)$/.test(path) ? 'viewer' : 'engineer'

/** What MLflow's clients ask for; a test holds it equal to what is answered. */
export const mlflowRoutes: readonly string[] = `
  POST experiments/create
  GET experiments/get
  GET experiments/get-by-name
  POST experiments/search
  GET experiments/search
  POST experiments/update
  POST experiments/delete
  POST experiments/restore
  POST experiments/set-experiment-tag
  POST experiments/delete-experiment-tag
  POST runs/create
  GET runs/get
  POST runs/update
  POST runs/delete
  POST runs/restore
  POST runs/log-metric
  POST runs/log-parameter
  POST runs/set-tag
  POST runs/delete-tag
  POST runs/log-batch
  POST runs/log-inputs
  POST runs/outputs
  POST runs/log-model
  POST runs/search
  GET metrics/get-history
  GET metrics/get-history-bulk-interval
  GET metrics/get-history-bulk
  GET artifacts/list
  POST logged-models
  POST logged-models/search
  GET logged-models/:id
  PATCH logged-models/:id
  DELETE logged-models/:id
  PATCH logged-models/:id/tags
  DELETE logged-models/:id/tags/:key
  POST logged-models/:id/params
  GET logged-models/:id/artifacts/directories
  POST registered-models/create
  GET registered-models/get
  GET registered-models/search
  PATCH registered-models/update
  POST registered-models/rename
  DELETE registered-models/delete
  POST registered-models/set-tag
  DELETE registered-models/delete-tag
  POST registered-models/alias
  DELETE registered-models/alias
  GET registered-models/alias
  POST registered-models/get-latest-versions
  GET registered-models/get-latest-versions
  POST model-versions/create
  GET model-versions/get
  GET model-versions/search
  GET model-versions/get-download-uri
  PATCH model-versions/update
  POST model-versions/transition-stage
  DELETE model-versions/delete
  POST model-versions/set-tag
  DELETE model-versions/delete-tag
`
  .trim()
  .split(/\n\s*/)

const mlflow = mlflowRoutes.map((route) => {
  const [method, path] = route.split(' ') as [ProtocolRoute['method'], string]
  return on(method, `/api/2.0/mlflow/${path}`, 'mlflow', mlflowAccess(method, path))
})

export const protocolRoutes: readonly ProtocolRoute[] = [
  on('GET', EVENTS_PATH, 'loop', 'viewer'),
  on('GET', LOG_STREAM_PATH, 'runs', 'viewer'),
  on('GET', OPENAPI_PATH, 'docs', 'viewer'),
  on('GET', '/v2', 'serving', 'viewer'),
  ...models.flatMap((path) => [
    on('GET', path, 'serving', 'viewer'),
    on('GET', `${path}/ready`, 'serving', 'viewer'),
    on('POST', `${path}/infer`, 'serving', 'viewer'),
  ]),
  ...mlflow,
  on('GET', '/api/2.0/mlflow-artifacts/artifacts', 'mlflow', 'viewer'),
  on('GET', '/api/2.0/mlflow-artifacts/artifacts/:path', 'mlflow', 'viewer'),
  on('PUT', '/api/2.0/mlflow-artifacts/artifacts/:path', 'mlflow', 'engineer'),
  on('DELETE', '/api/2.0/mlflow-artifacts/artifacts/:path', 'mlflow', 'engineer'),
]
