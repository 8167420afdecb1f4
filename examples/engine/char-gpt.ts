/** @file A small GPT learns English from Moby-Dick, character by character, and writes on. */
import { adamW, createTrainer, crossEntropy, loadGenerator, nn, schedules, seeded } from '@capstan/engine'
import { nodeRuntime } from '@capstan/engine/node'
import { characters, encode, mobyDick, vocabularyOf } from '../data/text.ts'
import { print, report, smoke } from '../report.ts'

const { about, text } = await mobyDick()
console.log(about)
const [block, size, layers] = smoke ? [32, 64, 2] : [64, 128, 2]
const vocabulary = vocabularyOf(text)
const { train, test } = characters(smoke ? text.slice(0, 200_000) : text, vocabulary, block)

class Gpt extends nn.Module {
  characters = nn.embedding(vocabulary.length, size)
  // positions are turned into queries and keys (rotary), so that no table of them is needed
  blocks = nn.sequential(
    ...Array.from({ length: layers }, () =>
      nn.transformerEncoder(size, 4, { causal: true, rotary: true, normFirst: true, activation: 'gelu' }),
    ),
  )
  norm = nn.layerNorm(size)
  head = nn.linear(size, vocabulary.length)

  /** [N, T] characters -> [N, T, vocabulary] scores of the character that comes next. */
  override forward(x: nn.Value): nn.Value {
    return this.head.call(this.norm.call(this.blocks.call(this.characters.call(x))))
  }
}

const runtime = nodeRuntime({ threads: 2 })
const trainer = await createTrainer({
  model: new Gpt(),
  runtime,
  data: train,
  validation: test,
  loss: crossEntropy(),
  optimiser: adamW({ learningRate: 3e-3, weightDecay: 0.1, noDecay: ['*norm*', '*bias', 'characters.*'] }),
  schedule: schedules.warmUp(50, schedules.cosine({ rate: 3e-3, final: 3e-4 })),
  clip: { norm: 1 },
  epochs: 1,
  batchSize: 16,
  seed: 1,
})

let [bitsPerCharacter, seconds] = [0, 0]
for await (const event of trainer.run()) {
  print(event)
  if (event.kind !== 'epoch') continue
  bitsPerCharacter = event.validation!.loss / Math.LN2
  seconds += event.seconds
}

const generator = await loadGenerator(runtime, trainer.exportInference())
await trainer.release()
const prompt = 'The whale '
for (const temperature of [0.5, 0.8]) {
  process.stdout.write(`\nTemperature ${temperature}, of the 20 likeliest characters each:\n${prompt}`)
  const options = { count: smoke ? 60 : 300, temperature, topK: 20, random: seeded(1) }
  for await (const character of generator.generate(encode(prompt, vocabulary), options))
    process.stdout.write(vocabulary[character]!)
  console.log()
}
await generator.release()

report('char-gpt', { bitsPerCharacter, seconds, parameters: trainer.summary.parameters })
