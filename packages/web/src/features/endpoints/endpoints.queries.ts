/** @file Asking a served model by the Open Inference Protocol, with the round trip measured. */
import { ApiError } from '@capstan/api'
import { queryOptions, useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { inferBody, type ModelInput, probabilitiesOf, SIDE } from './picture.view.ts'

export interface Answer {
  probabilities: number[]
  /** From sending the request to having read the answer, in milliseconds. */
  roundTrip: number
}

const address = (model: string) => `/v2/models/${encodeURIComponent(model)}`

export const modelInput = (model: string) =>
  queryOptions({
    queryKey: ['inference', model],
    staleTime: 60_000,
    queryFn: async ({ signal }): Promise<ModelInput> => {
      const response = await fetch(address(model), { signal })
      const body = (await readOrThrow(response)) as { inputs: ModelInput[] }
      return body.inputs[0]!
    },
  })

export function useClassify(model: string, input: ModelInput | undefined) {
  const language = useTranslation().i18n.language
  return useMutation({
    mutationFn: async (picture: Float32Array): Promise<Answer> => {
      if (!input) throw new Error(`internal: ${model} was asked before its input is known`)
      const body = JSON.stringify(inferBody(input, picture, SIDE))
      const begun = performance.now()
      const response = await fetch(`${address(model)}/infer`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'accept-language': language },
        body,
      })
      const answer = (await readOrThrow(response)) as { outputs: { name: string; data: number[] }[] }
      const roundTrip = performance.now() - begun
      const output = answer.outputs.find(({ name }) => name === 'probabilities') ?? answer.outputs[0]
      return { probabilities: probabilitiesOf(output?.data ?? []), roundTrip }
    },
  })
}

/** The protocol's own shape of error is turned into the one that the pages show. */
async function readOrThrow(response: Response): Promise<unknown> {
  const body = (await response.json()) as Record<string, unknown>
  if (response.ok) return body
  const message = String(body.message ?? body.error ?? response.statusText)
  throw new ApiError(response.status, {
    code: String(body.code ?? `http/${response.status}`),
    message,
    hint: String(body.hint ?? ''),
  })
}
