/** @file The head of a page: its name, one sentence of what it tells, and its actions. */
import { type ReactNode, useEffect } from 'react'
import css from './ui.module.css'

export function PageHead({ title, lead, actions }: { title: string; lead?: ReactNode; actions?: ReactNode }) {
  useEffect(() => {
    document.title = `${title} - Capstan`
  }, [title])
  return (
    <header className={css.pageHead}>
      <div>
        <h1>{title}</h1>
        {lead && <p className={css.lead}>{lead}</p>}
      </div>
      {actions && <div className={css.actions}>{actions}</div>}
    </header>
  )
}
