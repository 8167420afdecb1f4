import { createTrainer, nn, adam, sgd, crossEntropy, EngineError, schedules, estimateTraining, lion, rmsprop, adagrad, ctc, huber, adamW, metrics, withGroups, augment, readModel, meanSquaredError, klDivergence } from '@capstan/engine'
import { nodeRuntime } from '@capstan/engine/node'
let s = Number(process.argv[2] ?? 1)
const random = () => { s = (s + 0x6d2b79f5) | 0; let t = Math.imul(s ^ (s >>> 15), 1 | s); t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t; return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32 }
const pick = (l) => l[Math.floor(random() * l.length)]
const odd = [null, undefined, true, 0, -1, 0.5, 1e308, NaN, Infinity, '', 'x', [], {}, [1], [NaN], () => 1, new Float32Array(0), new Float32Array(3), new Int32Array([9, 9]), 2 ** 40, Symbol('x'), new Date(), 3n]
const runtime = nodeRuntime({ threads: 1 })
const data = () => ({ samples: Float32Array.from({ length: 40 }, () => random()), labels: Int32Array.from({ length: 10 }, (_, i) => i % 3), sampleShape: [4] })
const base = () => ({ model: nn.sequential(nn.linear(4, 5), nn.relu(), nn.linear(5, 3)), runtime, data: data(), validation: data(), scale: 1, loss: crossEntropy({ labelSmoothing: 0.1 }), optimiser: adam({ learningRate: 0.01 }), schedule: schedules.constant(0.1), clip: { norm: 1 }, accumulate: 1, ema: { decay: 0.9 }, earlyStopping: { patience: 1 }, callbacks: {}, checkpointEvery: { epochs: 1 }, epochs: 1, batchSize: 5, seed: 1, shuffle: true, stepsPerCall: 2, augment: [], metrics: [metrics.accuracy()] })
const counts = new Map()
let bad = 0
for (let i = 0; i < 500; i++) {
  const o = base()
  const desc = []
  const spoil = (at, path) => { const key = pick(Object.keys(at)); if (key === 'runtime') return; if (typeof at[key] === 'object' && at[key] && !ArrayBuffer.isView(at[key]) && random() < 0.6 && Object.keys(at[key]).length && !['model', 'loss', 'optimiser'].includes(key)) return spoil(at[key], path + '.' + key); const v = pick(odd); desc.push(path + '.' + key + '=' + (typeof v === 'symbol' ? 'sym' : typeof v === 'bigint' ? '3n' : typeof v === 'function' ? 'fn' : ArrayBuffer.isView(v) ? v.constructor.name + v.length : String(JSON.stringify(v)) + String(v))); try { at[key] = v } catch { } }
  spoil(o, '')
  if (random() < 0.3) spoil(o, '')
  let trainer
  try {
    trainer = await Promise.race([createTrainer(o), new Promise((_, r) => setTimeout(() => r(new Error('TIMEOUT')), 20000))])
    for await (const e of trainer.run()) { }
    counts.set('ok', (counts.get('ok') ?? 0) + 1)
  } catch (e) {
    if (e instanceof EngineError) counts.set(e.code, (counts.get(e.code) ?? 0) + 1)
    else { bad++; console.log(desc.join(' & '), '->', e?.constructor?.name, String(e?.message ?? e).slice(0, 140)) }
  } finally { await trainer?.release().catch(() => 0) }
}
console.log(JSON.stringify([...counts]), 'untyped', bad)
const makers = { adam: () => adam({ learningRate: pick(odd), betas: pick(odd), epsilon: pick(odd) }), sgd: () => sgd({ learningRate: pick(odd), momentum: pick(odd) }), lion: () => lion({ learningRate: pick(odd), betas: pick(odd) }), rms: () => rmsprop({ learningRate: pick(odd), alpha: pick(odd) }), ce: () => crossEntropy({ labelSmoothing: pick(odd), ignoreIndex: pick(odd), classWeights: pick(odd) }), linear: () => nn.linear(pick(odd), pick(odd)), conv: () => nn.conv2d(pick(odd), pick(odd), pick(odd), { stride: pick(odd), padding: pick(odd) }), gn: () => nn.groupNorm(pick(odd), pick(odd)), inn: () => nn.instanceNorm(pick(odd)), emb: () => nn.embedding(pick(odd), pick(odd)), mha: () => nn.multiHeadAttention(pick(odd), pick(odd)), drop: () => nn.dropout(pick(odd)), lstm: () => nn.lstm(pick(odd), pick(odd), { layers: pick(odd) }), pool: () => nn.maxPool2d(pick(odd)), bn: () => nn.batchNorm(pick(odd), { momentum: pick(odd), epsilon: pick(odd) }), ln: () => nn.layerNorm(pick(odd)), huber: () => huber({ delta: pick(odd) }), ctc: () => ctc({ blank: pick(odd) }), seq: () => nn.sequential(pick(odd)), res: () => nn.residual(pick(odd)), st: () => nn.readSafetensors(pick(odd)), rm: () => readModel(pick(odd)), aug: () => augment.mixup({ alpha: pick(odd) }), one: () => schedules.oneCycle({ peak: pick(odd) }), step: () => schedules.stepDecay({ rate: pick(odd), every: pick(odd) }) }
const bads = new Map()
for (const [name, make] of Object.entries(makers)) for (let i = 0; i < 150; i++) try { make() } catch (e) { if (!(e instanceof EngineError)) { const k = name + ': ' + e.constructor.name + ' ' + e.message.slice(0, 80); bads.set(k, (bads.get(k) ?? 0) + 1) } }
console.log([...bads].map(([k, n]) => n + 'x ' + k).join('\n'))
process.exit(0)
