/** @file A titled part of a page above a hairline. */
import type { ReactNode } from 'react'
import css from './ui.module.css'

interface PanelProps {
  title: ReactNode
  aside?: ReactNode
  children: ReactNode
  id?: string
  level?: 2 | 3
}

export function Panel({ title, aside, children, id, level = 2 }: PanelProps) {
  const Heading = level === 2 ? 'h2' : 'h3'
  return (
    <section className={css.panel} id={id}>
      <header className={css.panelHead}>
        <Heading>{title}</Heading>
        {aside !== undefined && <div className={css.panelAside}>{aside}</div>}
      </header>
      {children}
    </section>
  )
}
