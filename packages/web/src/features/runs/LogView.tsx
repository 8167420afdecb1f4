/** @file What a run prints, followed live and kept at its end. */
import type { LogPage } from '@capstan/api'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { capstan } from '../../server/client.ts'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import styles from './LogView.module.css'
import { addPage, emptyLog, linesOf } from './log.view.ts'

const RETRY_MS = 2000

export function LogView({ id }: { id: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [log, setLog] = useState(emptyLog)
  const box = useRef<HTMLPreElement>(null)
  const follows = useRef(true)

  useEffect(() => {
    const stop = new AbortController()
    setLog(emptyLog)
    void follow(id, stop.signal, (page) => setLog((before) => addPage(before, page)))
    return () => stop.abort()
  }, [id])

  // a reader who has scrolled up stays there
  useEffect(() => {
    if (follows.current && box.current && log.end >= 0) box.current.scrollTop = box.current.scrollHeight
  }, [log])

  if (log.end === 0 && log.complete) return <p className={ui.quiet}>{t('execution.silent')}</p>
  return (
    <pre
      ref={box}
      className={styles.log}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled box must be reachable by the keyboard
      tabIndex={0}
      role="log"
      aria-label={t('execution.log')}
      onScroll={({ currentTarget: at }) => {
        follows.current = at.scrollHeight - at.scrollTop - at.clientHeight < 24
      }}
    >
      {linesOf(log).map(({ offset, kind, text, bytes }) => (
        <span key={offset} className={styles[kind]}>
          {kind === 'gap' ? `\n${t('execution.leftOut', { n: format.integer(bytes) })}\n` : text}
        </span>
      ))}
    </pre>
  )
}

async function follow(id: string, signal: AbortSignal, onPage: (page: LogPage) => void): Promise<void> {
  let offset = 0
  while (!signal.aborted) {
    try {
      for await (const page of capstan().followLog(id, { offset, signal })) {
        offset = page.next
        onPage(page)
        if (page.complete) return
      }
    } catch {
      // the server went away; it is asked again
    }
    await new Promise((resume) => setTimeout(resume, RETRY_MS))
  }
}
