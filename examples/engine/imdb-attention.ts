/** @file Attention with a padding mask tells praise from blame in film reviews (IMDB). */
import { adamW, createTrainer, nn, ops } from '@capstan/engine'
import { nodeRuntime } from '@capstan/engine/node'
import { imdb, imdbAbout } from '../data/imdb.ts'
import { print, report, smoke } from '../report.ts'

console.log(imdbAbout)
const { train, test, vocabulary } = await imdb(smoke ? { most: 4_000, length: 64 } : {})

class Sentiment extends nn.Module {
  words = nn.embedding(vocabulary.length, 32)
  block = nn.transformerEncoder(32, 2, { hidden: 64, rotary: true, normFirst: true, dropout: 0.1 })
  norm = nn.layerNorm(32)
  head = nn.linear(32, 2)

  /** [N, T] word numbers, 0 after the end of a review -> [N, 2]. */
  override forward(x: nn.Value): nn.Value {
    const g = ops(x.graph)
    const word = g.greater(x, 0)
    // [N, 1, 1, T]: no head of any word looks at padding
    const read = this.block.call(this.words.call(x), g.unsqueeze(word, [1, 2]))
    // the mean over the words alone
    const weight = g.unsqueeze(g.cast(word, 'float32'), [2])
    const mean = g.div(g.reduceSum(g.mul(read, weight), [1], false), g.reduceSum(weight, [1], false))
    return this.head.call(this.norm.call(mean))
  }
}

const trainer = await createTrainer({
  model: new Sentiment(),
  runtime: nodeRuntime({ threads: 2 }),
  data: train,
  validation: test,
  optimiser: adamW({ learningRate: 1e-3, weightDecay: 0.01, noDecay: ['*norm*', '*bias'] }),
  epochs: 2,
  batchSize: 64,
  seed: 1,
})

let [accuracy, seconds] = [0, 0]
for await (const event of trainer.run()) {
  print(event)
  if (event.kind !== 'epoch') continue
  accuracy = event.validation!.accuracy!
  seconds += event.seconds
}
await trainer.release()

report('imdb-attention', { accuracy, seconds, parameters: trainer.summary.parameters })
