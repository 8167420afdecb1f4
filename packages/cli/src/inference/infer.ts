/** @file Asks an endpoint about a picture, by the Open Inference Protocol. */
import { ApiError, CapstanError } from '@capstan/api'
import type { Connection } from '../connection.ts'

/** The input that a served model declares. */
export interface ModelInput {
  name: string
  datatype: string
  shape: number[]
}

export interface Answer {
  label: number
  probabilities: number[]
}

type Address = Pick<Connection, 'address' | 'token'>

export async function inputOf(at: Address, model: string): Promise<ModelInput> {
  const { inputs } = (await request(at, model, `/v2/models/${model}`)) as { inputs: ModelInput[] }
  return inputs[0]!
}

/** The request for one picture with pixels 0..255, as the model's input wants them. */
export function inferBody(
  { name, datatype, shape }: ModelInput,
  pixels: Uint8Array,
  size: number[],
): unknown {
  // a model that takes real numbers takes shares of full brightness
  const scale = datatype.startsWith('FP') ? (value: number) => Math.round((value / 255) * 1e4) / 1e4 : null
  const sizes = shape.length === 4 ? [1, 1, ...size] : [1, ...size]
  return {
    inputs: [{ name, datatype, shape: sizes, data: Array.from(pixels, (value) => scale?.(value) ?? value) }],
  }
}

export async function infer(
  at: Address,
  model: string,
  input: ModelInput,
  pixels: Uint8Array,
  size: number[],
): Promise<Answer> {
  const answer = (await request(at, model, `/v2/models/${model}/infer`, inferBody(input, pixels, size))) as {
    outputs: { name: string; data: number[] }[]
  }
  const output = (name: string) => answer.outputs.find((candidate) => candidate.name === name)?.data
  const probabilities = output('probabilities') ?? []
  return { label: output('label')?.[0] ?? probabilities.indexOf(Math.max(...probabilities)), probabilities }
}

async function request({ address, token }: Address, model: string, path: string, body?: unknown) {
  const response = await fetch(address + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  }).catch((cause: unknown) => {
    throw new CapstanError('server/unreachable', { address }, { cause })
  })
  if (response.ok) return response.json()
  const text = await response.text()
  if (response.status === 404) throw new CapstanError('request/not-found', { noun: 'endpoint', id: model })
  throw new ApiError(response.status, { code: `http/${response.status}`, message: errorOf(text), hint: '' })
}

/** The protocol answers errors as `{"error": sentence}`. */
function errorOf(text: string): string {
  try {
    return String((JSON.parse(text) as { error?: unknown }).error ?? text)
  } catch {
    return text
  }
}
