/** @file Labelled values: one a line between hairlines, or as a grid of facts. */
import type { ReactNode } from 'react'
import css from './ui.module.css'

export interface Row {
  key: string
  label: ReactNode
  value: ReactNode
}

export function Rows({ rows }: { rows: Row[] }) {
  return (
    <dl className={css.rows}>
      {rows.map((row) => (
        <div key={row.key}>
          <dt>{row.label}</dt>
          <dd>{row.value}</dd>
        </div>
      ))}
    </dl>
  )
}

export function Facts({ rows }: { rows: Row[] }) {
  return (
    <dl className={css.facts}>
      {rows.map((row) => (
        <div key={row.key}>
          <dt>{row.label}</dt>
          <dd>{row.value}</dd>
        </div>
      ))}
    </dl>
  )
}
