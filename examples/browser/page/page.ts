/** @file The page: starts and stops the worker's training and shows what it says. */
import { drawCurve } from './curve.ts'
import type { News, Order } from './messages.ts'
import { drawingPad } from './pad.ts'
import { type Language, reportWords, type Word, words } from './words.ts'

const one = <T extends Element>(selector: string): T => document.querySelector<T>(selector)!
const show = (name: string, text: string): void => {
  one(`[data-value=${name}]`).textContent = text
}

const wanted = new URLSearchParams(location.search).get('lang') ?? navigator.language
let language: Language = wanted.startsWith('zh') ? 'zh' : 'en'
let state: Word = 'idle'
let failure = ''
let report: Extract<News, { kind: 'report' }> | null = null
let losses: number[] = []
let total = 0

const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
const order = (what: Order): void => worker.postMessage(what)
const form = one<HTMLFormElement>('form')
const [train, stop] = [one<HTMLButtonElement>('[type=submit]'), one<HTMLButtonElement>('[name=stop]')]
const curve = one<SVGSVGElement>('svg')
const pad = drawingPad(one('canvas'), (pixels) => order({ kind: 'classify', pixels }))

function speak(): void {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
  document.title = words[language].title
  for (const element of document.querySelectorAll<HTMLElement>('[data-word]'))
    element.textContent = words[language][element.dataset.word as Word]
  curve.setAttribute('aria-label', words[language].curve)
  showState()
  showReport()
}

function showState(): void {
  const status = one<HTMLElement>('[role=status]')
  status.dataset.state = state
  status.textContent = words[language][state] + failure
  const busy = state === 'loading' || state === 'training'
  train.disabled = busy
  stop.disabled = !busy
}

function enter(next: Word, message = ''): void {
  ;[state, failure] = [next, message]
  showState()
}

function showReport(): void {
  if (report === null) return
  const { provider, placement } = report
  const say = reportWords[language]
  const providers = [...new Set(placement?.map((each) => each.provider))]
  const lines = [
    say.asked(provider.asked, provider.used, provider.threads),
    ...(provider.threadsReason === null ? [] : [say.notIsolated]),
    ...provider.notUsed.map((each) => say.why(each.provider, each.why, each.detail)),
    ...providers.map((name) => {
      const ops = placement!.filter((each) => each.provider === name)
      const runs = ops.reduce((sum, each) => sum + each.runs, 0)
      return say.on(name, runs, ops.map(({ op }) => op).join(', '))
    }),
  ]
  one('[data-value=report]').replaceChildren(
    ...lines.map((line) => Object.assign(document.createElement('li'), { textContent: line })),
  )
}

/** What each message of the worker changes on the page. */
const hear: { readonly [K in News['kind']]: (news: Extract<News, { kind: K }>) => void } = {
  loading: () => enter('loading'),
  report(news) {
    report = news
    showReport()
    enter('training')
  },
  progress(news) {
    losses.push(...news.losses)
    show('loss', losses.at(-1)!.toFixed(4))
    show('speed', news.stepsPerSecond.toFixed(1))
    show('left', news.secondsLeft.toFixed(0))
    drawCurve(curve, losses, total)
  },
  accuracy: ({ accuracy }) => show('accuracy', `${(100 * accuracy).toFixed(2)} %`),
  digit: ({ digit, probability }) => show('digit', `${digit} (${(100 * probability).toFixed(0)} %)`),
  done: ({ stopped }) => enter(stopped ? 'stopped' : 'done'),
  failed: ({ message }) => enter('failed', message),
}

worker.addEventListener('message', ({ data }: MessageEvent<News>) =>
  (hear[data.kind] as (news: News) => void)(data),
)
worker.addEventListener('error', ({ message }) => enter('failed', message))

form.addEventListener('submit', (event) => {
  event.preventDefault()
  const fields = new FormData(form)
  const [pictures, epochs] = [Number(fields.get('pictures')), Number(fields.get('epochs'))]
  losses = []
  total = epochs * Math.ceil(pictures / 64)
  order({ kind: 'train', provider: fields.get('provider') as 'auto' | 'cpu' | 'webgpu', pictures, epochs })
})
stop.addEventListener('click', () => order({ kind: 'stop' }))
one('[name=clear]').addEventListener('click', () => {
  pad.clear()
  show('digit', '–')
})
for (const button of document.querySelectorAll<HTMLButtonElement>('[data-lang]'))
  button.addEventListener('click', () => {
    language = button.dataset.lang as Language
    speak()
  })

speak()
drawCurve(curve, [], 1)
