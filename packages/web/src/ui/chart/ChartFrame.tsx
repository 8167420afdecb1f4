/** @file A chart with its title, a word at the right, and the same numbers as a table on request. */
import { UnstyledButton } from '@mantine/core'
import { type ReactNode, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import css from './chart.module.css'

export interface ChartTable {
  columns: string[]
  rows: (string | number)[][]
}

interface ChartFrameProps {
  title: ReactNode
  aside?: ReactNode
  note?: ReactNode
  table: ChartTable
  children: ReactNode
  /** Pages set a chart under their own headings; the loop's charts are sections themselves. */
  level?: 2 | 3
}

export function ChartFrame({ title, aside, note, table, children, level = 2 }: ChartFrameProps) {
  const { t } = useTranslation()
  const [asTable, setAsTable] = useState(false)
  const id = useId()
  const Heading = level === 2 ? 'h2' : 'h3'
  return (
    <figure className={css.frame} aria-labelledby={id}>
      <figcaption className={css.head}>
        <Heading id={id}>{title}</Heading>
        <span className={css.aside}>{aside}</span>
        <UnstyledButton className={css.toggle} aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {asTable ? t('chart.asPicture') : t('chart.asTable')}
        </UnstyledButton>
      </figcaption>
      {asTable ? <Numbers table={table} /> : children}
      {note && <p className={css.note}>{note}</p>}
    </figure>
  )
}

function Numbers({ table }: { table: ChartTable }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <div className={css.numbers} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {table.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row) => (
            <tr key={row.join('|')}>
              {row.map((cell, i) => (
                <td key={table.columns[i]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
