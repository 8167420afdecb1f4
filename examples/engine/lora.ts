/** @file A GPT that learned English from Moby-Dick is tuned to speeches with low-rank adapters (LoRA, Hu et al., 2022). */
import { adamW, createTrainer, loadGenerator, nn, schedules, seeded } from '@capstan/engine'
import { nodeRuntime } from '@capstan/engine/node'
import { characters, encode, mobyDick, roosevelt, vocabularyOf } from '../data/text.ts'
import { print, report, smoke } from '../report.ts'

const [novel, speeches] = [await mobyDick(), await roosevelt()]
console.log(`${novel.about}\n${speeches.about}`)
const [block, size, layers] = smoke ? [32, 64, 2] : [64, 128, 2]
const vocabulary = vocabularyOf(novel.text + speeches.text)
const dataOf = (text: string) => characters(smoke ? text.slice(0, 100_000) : text, vocabulary, block)

class Gpt extends nn.Module {
  characters = nn.embedding(vocabulary.length, size)
  blocks = nn.sequential(
    ...Array.from({ length: layers }, () =>
      nn.transformerEncoder(size, 4, { causal: true, rotary: true, normFirst: true, activation: 'gelu' }),
    ),
  )
  norm = nn.layerNorm(size)
  head = nn.linear(size, vocabulary.length)

  override forward(x: nn.Value): nn.Value {
    return this.head.call(this.norm.call(this.blocks.call(this.characters.call(x))))
  }
}

const runtime = nodeRuntime({ threads: 2 })
const model = nn.initialise(new Gpt(), { seed: 1 })
const rate = 2e-3
const trainerOf = (text: string) => {
  const { train, test } = dataOf(text)
  return createTrainer({
    model,
    runtime,
    data: train,
    validation: test,
    optimiser: adamW({ learningRate: rate, weightDecay: 0.1, noDecay: ['*norm*', '*bias', 'characters.*'] }),
    schedule: schedules.warmUp(50, schedules.cosine({ rate, final: rate / 10 })),
    clip: { norm: 1 },
    epochs: 1,
    batchSize: 32,
    seed: 1,
  })
}
type Trainer = Awaited<ReturnType<typeof trainerOf>>

async function train(trainer: Trainer): Promise<number> {
  let seconds = 0
  for await (const event of trainer.run()) {
    print(event)
    if (event.kind === 'epoch') seconds += event.seconds
  }
  return seconds
}
const bits = async (trainer: Trainer) => (await trainer.validate()).loss / Math.LN2

async function writeOn(trainer: Trainer): Promise<void> {
  const generator = await loadGenerator(runtime, trainer.exportInference())
  const prompt = 'The people '
  process.stdout.write(`\n${prompt}`)
  const options = { count: smoke ? 60 : 250, temperature: 0.7, topK: 20, random: seeded(1) }
  for await (const character of generator.generate(encode(prompt, vocabulary), options))
    process.stdout.write(vocabulary[character]!)
  console.log('\n')
  await generator.release()
}

console.log('\nThe novel, all parameters:')
const base = await trainerOf(novel.text)
await train(base)
await writeOn(base)
await base.release()

console.log('The speeches, adapters alone:')
const adapted = nn.addLora(model, { rank: 8, match: 'blocks.*' })
const tuner = await trainerOf(speeches.text)
const before = await bits(tuner)
const seconds = await train(tuner)
const after = await bits(tuner)
await writeOn(tuner)
await tuner.release()
const { parameters, trainable } = tuner.summary
console.log(`${adapted.length} layers have adapters: ${trainable} of ${parameters} parameters were trained.`)
// The adapters' products go into the weights: the model has its old size again.
nn.mergeLora(model)

report('lora', { bitsBefore: before, bitsAfter: after, seconds, trainable, parameters })
