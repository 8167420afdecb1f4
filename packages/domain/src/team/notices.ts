/** @file Notices: what people are told of, and where each thing they name is shown. */

export const noticeKinds = [
  'mention',
  'assignment',
  'approval-wanted',
  'approval-decided',
  'overdue',
  'budget',
  'risk',
  'run-failed',
  'review-due',
] as const
export type NoticeKind = (typeof noticeKinds)[number]

const at = (page: string) => () => page
const within = (page: string) => (id: string) => `${page}/${encodeURIComponent(id)}`
const anchor = (page: string, name: string) => (id: string) => `${page}#${name}-${encodeURIComponent(id)}`

const pages: Record<string, (id: string) => string> = {
  run: within('/runs'),
  evaluation: within('/evaluations'),
  version: within('/registry'),
  model: at('/registry'),
  endpoint: within('/endpoints'),
  dataset: within('/datasets'),
  design: within('/designs'),
  measure: within('/measures'),
  sweep: within('/sweeps'),
  ledger: anchor('/resources', 'ledger'),
  allocation: at('/resources#allocation'),
  budget: at('/resources'),
  pool: at('/resources'),
  objective: at('/strategy'),
  'key-result': at('/strategy'),
  initiative: at('/strategy'),
  task: anchor('/team', 'task'),
  approval: at('/team#approvals'),
  decision: anchor('/team', 'decision'),
  member: at('/team#members'),
  risk: anchor('/risk', 'risk'),
  incident: at('/risk'),
  indicator: at('/risk'),
  review: at('/review'),
  proposal: at('/review'),
  cycle: at('/review'),
}

/** The page that shows something; the loop's where nothing shows it by itself. */
export const pageOf = (noun: string, id: string): string =>
  Object.hasOwn(pages, noun) ? pages[noun]!(id) : '/'
