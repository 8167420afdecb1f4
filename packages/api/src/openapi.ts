/** @file The OpenAPI 3.1 document, made from the route table. */
import { z } from 'zod'
import { api } from './api.ts'
import type { Route } from './contract/route.ts'
import { ErrorBody } from './errors/CapstanError.ts'

type Json = Record<string, unknown>

/** @see https://spec.openapis.org/oas/v3.1.1 */
export function openApiDocument(version: string): Json {
  const paths: Record<string, Json> = {}
  for (const [noun, verbs] of Object.entries(api)) {
    for (const [verb, route] of Object.entries(verbs)) {
      const path = route.path.replace(/:(\w+)/g, '{$1}')
      paths[path] ??= {}
      paths[path][route.method.toLowerCase()] = operation(noun, verb, route as Route)
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Capstan',
      version,
      description: 'Strategy, resources, team, risk and review on numbers measured from real models.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas: { Error: schemaOf(ErrorBody, 'output') },
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  }
}

function operation(noun: string, verb: string, route: Route): Json {
  const bytes = { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } }
  const status = String(route.status ?? 200)
  return {
    operationId: `${noun}.${verb}`,
    tags: [noun],
    summary: route.summary,
    'x-access': route.access,
    parameters: [...parameters('path', route.params), ...parameters('query', route.query)],
    ...(route.binary === 'request' ? { requestBody: { required: true, content: bytes } } : {}),
    ...(route.body && route.binary !== 'request'
      ? {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaOf(route.body, 'input') } },
          },
        }
      : {}),
    responses: {
      [status]: {
        description: 'Done',
        content:
          route.binary === 'response'
            ? bytes
            : { 'application/json': { schema: schemaOf(route.response, 'output') } },
      },
      default: {
        description: 'Refused: nothing was changed',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  }
}

function parameters(place: 'path' | 'query', schema: z.ZodType | undefined): Json[] {
  if (!schema) return []
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Record<string, Json>
    required?: string[]
  }
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }))
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return json
}
