/** @file A gated recurrent unit reads film reviews word by word and tells praise from blame (IMDB). */
import { adam, createTrainer, nn, summarise } from '@capstan/engine'
import { nodeRuntime } from '@capstan/engine/node'
import { imdb, imdbAbout } from '../data/imdb.ts'
import { print, report, smoke } from '../report.ts'

console.log(imdbAbout)
// Zeros come first, so that the state after the last step is the state after the review's last word.
const { train, test, vocabulary } = await imdb({
  padding: 'before',
  ...(smoke ? { most: 4_000, length: 32 } : { length: 96 }),
})

class Sentiment extends nn.Module {
  words = nn.embedding(vocabulary.length, 64)
  gru = nn.gru(64, 64, { last: true })
  dropout = nn.dropout(0.2)
  head = nn.linear(64, 2)

  /** [N, T] word numbers -> [N, 2]. */
  override forward(x: nn.Value): nn.Value {
    return this.head.call(this.dropout.call(this.gru.call(this.words.call(x))))
  }
}

const model = new Sentiment()
const { parameters } = summarise(model, train.sampleShape, { inputType: 'int64' })
const trainer = await createTrainer({
  model,
  runtime: nodeRuntime({ threads: 2 }),
  data: train,
  validation: test,
  optimiser: adam({ learningRate: 2e-3 }),
  clip: { norm: 1 },
  epochs: smoke ? 2 : 3,
  batchSize: 64,
  stepsPerCall: 10,
  seed: 1,
})

let [accuracy, seconds] = [0, 0]
for await (const event of trainer.run()) {
  print(event)
  if (event.kind !== 'epoch') continue
  accuracy = event.validation!.accuracy
  seconds += event.seconds
}
await trainer.release()

report('imdb-gru', { accuracy, seconds, parameters })
