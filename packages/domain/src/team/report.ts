/** @file The weekly report: sections of sentences, each with the evidence it rests on, as Markdown and as HTML. */
import type { Language, Message } from '../messages/message.ts'
import { message } from '../messages/message.ts'
import { render } from '../messages/render.ts'

export const reportSections = [
  'measures',
  'keyResults',
  'money',
  'runs',
  'tasks',
  'decisions',
  'risks',
  'next',
] as const
export type ReportSectionName = (typeof reportSections)[number]

/** One sentence, and the page where what it says can be checked. */
export type ReportLine = { message: Message; page: string }

export type Report = {
  workspace: string
  /** Local dates, both included. */
  from: string
  to: string
  /** In the workspace's currency. */
  currency: string
  /** Its plan and its people are a demonstration. */
  demonstration: boolean
  sections: { name: ReportSectionName; lines: ReportLine[] }[]
}

/** Lines of a section that are shown; the rest is counted. */
export const reportLines = 15

export type ReportTarget = {
  language: Language
  /** Of the server, before the path of each page; empty where the report is read on its pages. */
  address: string
}

/** Names in it are text: Markdown in them is escaped. */
export const reportMarkdown = (report: Report, { language, address }: ReportTarget): string => {
  const plain = sentences(report, language)
  const say = (said: Message) => escapedMarkdown(plain(said))
  const evidence = render(message('report.evidence', {}), language)
  const parts = [
    `# ${say(titleOf(report))}`,
    ...(report.demonstration ? [say(message('report.demonstration', {}))] : []),
  ]
  for (const { name, lines } of report.sections) {
    parts.push(`## ${say(headOf(name))}`)
    parts.push(
      shown(lines)
        .map((line) => `- ${say(line.message)}${line.page ? ` [${evidence}](${address}${line.page})` : ''}`)
        .join('\n') || say(message('report.nothing', {})),
    )
  }
  return `${parts.join('\n\n')}\n`
}

/** One page by itself, without scripts and without anything loaded from elsewhere. */
export const reportHtml = (report: Report, { language, address }: ReportTarget): string => {
  const plain = sentences(report, language)
  const say = (said: Message) => escapedHtml(plain(said))
  const evidence = escapedHtml(render(message('report.evidence', {}), language))
  const item = ({ message: said, page }: ReportLine) =>
    `<li>${say(said)}${page ? ` <a href="${escapedHtml(`${address}${page}`)}">${evidence}</a>` : ''}</li>`
  const sections = report.sections.map(({ name, lines }) => {
    const list = shown(lines)
    const body =
      list.length > 0
        ? `<ul>\n${list.map(item).join('\n')}\n</ul>`
        : `<p>${say(message('report.nothing', {}))}</p>`
    return `<section>\n<h2>${say(headOf(name))}</h2>\n${body}\n</section>`
  })
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${say(titleOf(report))}</title>
<style>${style}</style>
</head>
<body>
<h1>${say(titleOf(report))}</h1>
${report.demonstration ? `<p class="demonstration">${say(message('report.demonstration', {}))}</p>\n` : ''}${sections.join('\n')}
</body>
</html>
`
}

const style =
  'body{max-width:46rem;margin:2rem auto;padding:0 1rem;font:15px/1.6 system-ui,"Noto Sans CJK SC",sans-serif;color:#1b2530;background:#fbfaf7;font-variant-numeric:tabular-nums}h1{font-size:22px}h2{font-size:15px;border-bottom:1px solid #d9d5cb;padding-bottom:4px;margin-top:2rem}ul{padding-left:1.2rem}a{color:#0f4c6b}.demonstration{text-decoration:underline dotted}'

/** On one line; what has no unit leaves no gap. */
const sentences =
  ({ currency }: Report, language: Language) =>
  (said: Message): string =>
    render(said, language, { currency })
      .replace(/\s+/g, ' ')
      .replace(/ (?=[;,；，])/g, '')
      .trim()

const titleOf = ({ workspace, from, to }: Report) => message('report.title', { workspace, from, to })

const heads = {
  measures: message('report.head.measures', {}),
  keyResults: message('report.head.keyResults', {}),
  money: message('report.head.money', {}),
  runs: message('report.head.runs', {}),
  tasks: message('report.head.tasks', {}),
  decisions: message('report.head.decisions', {}),
  risks: message('report.head.risks', {}),
  next: message('report.head.next', {}),
} satisfies Record<ReportSectionName, Message>

const headOf = (name: ReportSectionName): Message => heads[name]

const shown = (lines: readonly ReportLine[]): ReportLine[] =>
  lines.length <= reportLines
    ? [...lines]
    : [
        ...lines.slice(0, reportLines),
        {
          message: message('report.more', { count: lines.length - reportLines }),
          page: lines[0]!.page.replace(/#.*$/, ''),
        },
      ]

const escapedHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => htmlSigns[sign]!)

const htmlSigns: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escapedMarkdown = (text: string): string => text.replace(/[\\`*_[\]<>#|~&]/g, (sign) => `\\${sign}`)
