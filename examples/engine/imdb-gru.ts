/** @file A gated recurrent unit reads film reviews word by word and tells praise from blame (IMDB). */
import { adam, createTrainer, nn, ops } from '@capstan/engine'
import { nodeRuntime } from '@capstan/engine/node'
import { imdb, imdbAbout } from '../data/imdb.ts'
import { print, report, smoke } from '../report.ts'

console.log(imdbAbout)
const { train, test, vocabulary } = await imdb(smoke ? { most: 4_000, length: 32 } : {})

class Sentiment extends nn.Module {
  words = nn.embedding(vocabulary.length, 64)
  gru = nn.gru(64, 64, { last: true })
  dropout = nn.dropout(0.2)
  head = nn.linear(64, 2)

  /** [N, T] word numbers, 0 after the end of a review -> [N, 2]. */
  override forward(x: nn.Value): nn.Value {
    const g = ops(x.graph)
    const lengths = g.reduceSum(g.cast(g.greater(x, 0), 'int64'), [1], false)
    // the state after the last word of each review
    const read = this.gru.call(this.words.call(x), lengths)
    return this.head.call(this.dropout.call(read))
  }
}

const trainer = await createTrainer({
  model: new Sentiment(),
  runtime: nodeRuntime({ threads: 2 }),
  data: train,
  validation: test,
  optimiser: adam({ learningRate: 2e-3 }),
  clip: { norm: 1 },
  epochs: 2,
  batchSize: 64,
  stepsPerCall: 10,
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

report('imdb-gru', { accuracy, seconds, parameters: trainer.summary.parameters })
