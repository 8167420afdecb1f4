/** @file What moved: the newest entries of the audit log as sentences with their links. */
import type { Loop } from '@capstan/api'
import { useTranslation } from 'react-i18next'
import { activityPath } from '../../paths.ts'
import { AppLink } from '../../ui/AppLink.tsx'
import { Panel } from '../../ui/Panel.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import { type News, newsOf } from './activity.view.ts'
import css from './loop.module.css'

export function WhatMoved({ loop }: { loop: Loop }) {
  const { t } = useTranslation()
  const format = useFormat()
  const news = newsOf(loop.activity, format, 12)
  return (
    <Panel title={t('moved.title')}>
      {news.length === 0 && <p className={ui.empty}>{t('moved.none')}</p>}
      <ol aria-live="polite">
        {news.map((entry) => (
          <Entry key={entry.seq} entry={entry} />
        ))}
      </ol>
    </Panel>
  )
}

/** Keys put together at run time; a test holds every sentence and term to the catalogues. */
type Say = (key: string, values?: Record<string, string>) => string

function Entry({ entry }: { entry: News }) {
  const { t, i18n } = useTranslation()
  const format = useFormat()
  const href = activityPath(entry.noun, entry.id)
  const values = Object.fromEntries(
    Object.entries(entry.values).map(([slot, value]) => [slot, wordOf(slot, value)]),
  )
  const sentence = entry.sentence
    ? (t as Say)(`activity.${entry.sentence}`, values)
    : entry.kind.replace('.', ' ')
  return (
    <li className={css.news}>
      <time dateTime={entry.at}>{format.time(entry.at)}</time>
      <span>
        {href ? <AppLink href={href}>{sentence}</AppLink> : sentence}
        {entry.times > 1 && <span className={ui.unit}> ×{entry.times}</span>}
      </span>
    </li>
  )

  /** States and votes are words of the vocabulary; everything else is already text. */
  function wordOf(slot: string, value: string): string {
    const key = `term.${value}`
    return (slot === 'to' || slot === 'vote') && i18n.exists(key) ? (t as Say)(key) : value
  }
}
