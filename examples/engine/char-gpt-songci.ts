/** @file A small GPT learns the poems of the Song dynasty (宋词), character by character, and writes one. */
import { adamW, createTrainer, crossEntropy, loadGenerator, nn, schedules, seeded } from '@capstan/engine'
import { nodeRuntime } from '@capstan/engine/node'
import { characters, encode, songci, vocabularyOf } from '../data/text.ts'
import { print, report, smoke } from '../report.ts'

const { about, text } = await songci()
console.log(about)
const [block, size, layers] = smoke ? [32, 64, 2] : [64, 128, 2]
// Characters that occur less than twenty times in two million would not be learned: they become one.
const vocabulary = vocabularyOf(text, 20)
const { train, test } = characters(text.slice(0, smoke ? 200_000 : 1_000_000), vocabulary, block)

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
// A poem opens with the name of the melody that it is sung to.
const prompt = '浣溪沙\n'
for (const temperature of [0.7, 1]) {
  process.stdout.write(`\nTemperature ${temperature}, of the 100 likeliest characters each:\n${prompt}`)
  const options = { count: smoke ? 60 : 80, temperature, topK: 100, random: seeded(1) }
  for await (const character of generator.generate(encode(prompt, vocabulary), options))
    process.stdout.write(vocabulary[character]!)
  console.log()
}
await generator.release()

report('char-gpt-songci', { bitsPerCharacter, seconds, parameters: trainer.summary.parameters })
