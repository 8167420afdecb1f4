/** @file Which entries of the audit log tell what moved, and the values of their sentences. */
import type { Activity } from '@capstan/api'
import type { Format } from '../../ui/format.ts'

/** Setting up is not news. */
const quiet = new Set([
  'member.added',
  'pool.added',
  'measure.defined',
  'gate.set',
  'approval-policy.set',
  'indicator.set',
  'task.added',
  'run.queued',
  'risk.registered',
  'proposal.applied',
  'snapshot.taken',
  'workspace.changed',
  'cycle.closed',
  'initiative.learned',
])

type Values = Record<string, string>
type Read = (data: Record<string, unknown>, format: Format) => Values

const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : ''
const amount = (value: unknown, show: (value: number) => string): string =>
  typeof value === 'number' ? show(value) : ''

/** One row for each kind that has a sentence of its own in the catalogues. */
export const sentences = {
  'run/started': (d) => ({ name: text(d.name), number: text(d.number) }),
  'run/finished': (d, f) => ({
    name: text(d.name),
    number: text(d.number),
    seconds: amount(d.seconds, f.seconds),
    cost: amount(d.cost, f.money),
  }),
  'run/failed': (d) => ({ name: text(d.name), number: text(d.number), message: text(d.message) }),
  'run/released': (d) => ({ name: text(d.name), number: text(d.number) }),
  'run/recovered': (d) => ({ name: text(d.name), number: text(d.number) }),
  'run/cancelled': (d) => ({ name: text(d.name), number: text(d.number) }),
  'evaluation/recorded': (d, f) => ({
    accuracy: amount(d.accuracy, (v) => f.percent(v, 2)),
    samples: amount(d.samples, f.integer),
  }),
  'measure/moved': (d, f) => ({
    name: text(d.name),
    value: amount(d.value, (v) => f.value(v, text(d.unit))),
  }),
  'version/registered': (d) => ({ model: text(d.model), number: text(d.number) }),
  'version/moved': (d) => ({ model: text(d.model), number: text(d.number), to: text(d.to) }),
  'endpoint/served': (d) => ({ name: text(d.name), model: text(d.model ?? d.version) }),
  'endpoint/measured': (d, f) => ({
    name: text(d.name),
    p95: amount(d.p95, f.number),
    requests: amount(d.requests, f.integer),
  }),
  'allocation/solved': (d, f) => ({ gap: amount(d.gap, (v) => f.percent(v, 1)) }),
  'allocation/approved': () => ({}),
  'allocation/amended': () => ({}),
  'decision/recorded': (d) => ({ chosen: text(d.chosen) }),
  'objective/set': (d) => ({ title: text(d.title) }),
  'key-result/bound': (d) => ({ title: text(d.title) }),
  'initiative/proposed': (d) => ({ name: text(d.name) }),
  'task/moved': (d) => ({ title: text(d.title), to: text(d.to) }),
  'approval/requested': (d) => ({ version: text(d.version) }),
  'approval/voted': (d) => ({ member: text(d.member), vote: text(d.vote) }),
  'indicator/turned': (d) => ({ name: text(d.measure), to: text(d.to) }),
  'incident/opened': (d) => ({ title: text(d.title) }),
  'incident/resolved': (d) => ({ title: text(d.title) }),
  'mitigation/adopted': (d) => ({ name: text(d.name), risk: text(d.risk) }),
  'risk-appetite/set': () => ({}),
  'risk/simulated': (d, f) => ({ ale: amount(d.ale, f.money), var95: amount(d.var95, f.money) }),
  'dataset/registered': (d) => ({ name: text(d.name), number: text(d.number) }),
  'design/kept': (d) => ({ name: text(d.name) }),
  'cycle/opened': (d) => ({ number: text(d.number), name: text(d.name) }),
  'cycle/ended': (d) => ({ number: text(d.number) }),
  'cycle/overdue': (d) => ({ number: text(d.number) }),
  'proposal/made': () => ({}),
  'proposal/accepted': () => ({}),
  'proposal/rejected': () => ({}),
  'review/taken': (d) => ({ proposals: text(d.proposals) }),
} as const satisfies Record<string, Read>

export type SentenceKey = keyof typeof sentences

export interface News {
  seq: number
  at: string
  noun: string
  id: string
  kind: string
  /** The sentence for it; null when only its noun and verb are known. */
  sentence: SentenceKey | null
  values: Values
  times: number
}

/** The newest entries that moved something; the same thing several times in a row is told once. */
export function newsOf(activity: readonly Activity[], format: Format, limit: number): News[] {
  const news: News[] = []
  for (const { seq, at, noun, id, kind, data } of activity) {
    if (quiet.has(kind)) continue
    const key = kind.replace('.', '/')
    const sentence = key in sentences ? (key as SentenceKey) : null
    const last = news.at(-1)
    if (last?.kind === kind && (last.id === id || kind === 'task.moved' || kind === 'initiative.proposed')) {
      last.times += 1
      continue
    }
    if (news.length === limit) break
    const values = sentence ? (sentences[sentence] as Read)(data, format) : {}
    news.push({ seq, at, noun, id, kind, sentence, values, times: 1 })
  }
  return news
}
