/** @file Writes on from a prompt with a trained language model: token after token, drawn by temperature and top-k. */
import { EngineError } from '../errors.ts'
import { readModel } from '../onnx/read.ts'
import { writeModel } from '../onnx/write.ts'
import { type Random, seeded } from '../random.ts'
import type { Runtime } from '../runtime/session.ts'

export interface DrawOptions {
  /** Divides the scores: below 1 the likely becomes likelier, above 1 all become more alike; 0 takes the likeliest. */
  readonly temperature?: number
  /** Draws from so many of the likeliest tokens (Fan et al., 2018); from all unless given. */
  readonly topK?: number
  /** Numbers from 0 to below 1. */
  readonly random?: Random
}

export interface GenerateOptions extends DrawOptions {
  /** Tokens to write. */
  readonly count: number
}

export interface TokenGenerator {
  /** Tokens that the model sees at a time; of a longer text the last ones count. */
  readonly context: number
  readonly vocabulary: number
  /** The scores [vocabulary] of what follows `tokens`. @throws EngineError engine/bad-data */
  next(tokens: ArrayLike<number>): Promise<Float32Array>
  /** The tokens that follow the prompt, one by one. @throws EngineError engine/bad-data, engine/bad-options */
  generate(prompt: ArrayLike<number>, options: GenerateOptions): AsyncGenerator<number, void>
  release(): Promise<void>
}

/**
 * Opens a causal language model as `exportInference` writes it: int64 [N, T] -> scores [N, T, vocabulary].
 * @throws EngineError engine/bad-model, engine/unsupported-model, engine/runtime
 * @example
 * const generator = await loadGenerator(runtime, trainer.exportInference())
 * for await (const token of generator.generate(prompt, { count: 200, temperature: 0.8, topK: 20 }))
 *   process.stdout.write(characters[token]!)
 */
export async function loadGenerator(runtime: Runtime, bytes: Uint8Array): Promise<TokenGenerator> {
  const model = readModel(bytes)
  const [input, ...others] = model.inputs
  const context = input?.shape[1]
  const vocabulary = model.outputs[0]?.shape[2]
  if (
    input?.dtype !== 'int64' ||
    others.length > 0 ||
    input.shape.length !== 2 ||
    model.outputs[0]!.shape.length !== 3 ||
    typeof context !== 'number' ||
    typeof vocabulary !== 'number'
  ) {
    throw new EngineError(
      'engine/unsupported-model',
      'a generator needs a model with one int64 input [N, T] and scores [N, T, vocabulary], T and vocabulary known',
      'Export a causal language model with exportInference.',
    )
  }
  const session = await runtime.createSession(writeModel(model))
  const [from, to] = [model.inputNames[0]!, model.outputNames[0]!]

  const next = async (tokens: ArrayLike<number>): Promise<Float32Array> => {
    const seen = Array.from(tokens).slice(-context)
    checkTokens(seen, vocabulary)
    // What comes after the last token is never looked at: the model is causal.
    const data = new BigInt64Array(context)
    seen.forEach((token, i) => {
      data[i] = BigInt(token)
    })
    const results = await session.run({ [from]: { dtype: 'int64', shape: [1, context], data } }, [to])
    const scores = results[to]!.data as Float32Array
    return scores.slice((seen.length - 1) * vocabulary, seen.length * vocabulary)
  }

  return {
    context,
    vocabulary,
    next,
    async *generate(prompt, { count, ...options }) {
      checkDraw(options, vocabulary)
      const draw = { random: seeded(0), ...options }
      const text = Array.from(prompt)
      for (let i = 0; i < count; i++) {
        const token = drawToken(await next(text), draw)
        text.push(token)
        yield token
      }
    },
    release: () => session.release(),
  }
}

/**
 * A token drawn from the softmax of scores / temperature over the `topK` best.
 * @throws EngineError engine/bad-options
 */
export function drawToken(scores: Float32Array, options: DrawOptions = {}): number {
  checkDraw(options, scores.length)
  const { temperature = 1, topK = scores.length, random = seeded(0) } = options
  // Equal scores: the lower number first, so that the same numbers always draw the same tokens.
  const best = Array.from(scores.keys())
    .sort((a, b) => scores[b]! - scores[a]! || a - b)
    .slice(0, topK)
  if (temperature === 0) return best[0]!
  const weights = best.map((i) => Math.exp((scores[i]! - scores[best[0]!]!) / temperature))
  let left = random() * weights.reduce((a, b) => a + b, 0)
  for (const [i, weight] of weights.entries()) {
    left -= weight
    if (left < 0) return best[i]!
  }
  return best.at(-1)!
}

function checkDraw({ temperature = 1, topK = 1 }: DrawOptions, vocabulary: number): void {
  if (!(temperature >= 0 && temperature < Number.POSITIVE_INFINITY))
    throw new EngineError(
      'engine/bad-options',
      `temperature must be a number from 0, got ${temperature}`,
      'Use 0.8, say.',
    )
  if (!Number.isSafeInteger(topK) || topK < 1 || topK > vocabulary)
    throw new EngineError(
      'engine/bad-options',
      `topK must be a whole number from 1 to ${vocabulary}, got ${topK}`,
      'Leave it out to draw from all tokens.',
    )
}

function checkTokens(tokens: readonly number[], vocabulary: number): void {
  if (tokens.length === 0)
    throw new EngineError('engine/bad-data', 'the prompt is empty', 'Give at least one token to start from.')
  const wrong = tokens.find((token) => !(Number.isInteger(token) && token >= 0 && token < vocabulary))
  if (wrong === undefined) return
  throw new EngineError(
    'engine/bad-data',
    `the prompt has the token ${wrong}, outside 0 to ${vocabulary - 1}`,
    'Use the vocabulary that the model was trained with.',
  )
}
