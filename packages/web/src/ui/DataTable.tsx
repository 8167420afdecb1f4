/** @file A plain table: columns with a head and a cell, rows with a key. */
import type { ReactNode } from 'react'
import css from './ui.module.css'

export interface Column<T> {
  key: string
  head: ReactNode
  cell: (row: T) => ReactNode
  right?: boolean
  /** Words, which keep room beside many numbers. */
  wide?: boolean
  /** What can be done with a row: at the edge, in sight however wide the table is. */
  edge?: boolean
}

interface DataTableProps<T> {
  caption: string
  columns: Column<T>[]
  rows: readonly T[]
  keyOf: (row: T) => string
  /** Prefix of each row's id, so that evidence can point at it. */
  anchor?: string
  current?: string | null
}

export function DataTable<T>({ caption, columns, rows, keyOf, anchor, current }: DataTableProps<T>) {
  return (
    <div className={css.scroll}>
      <table className={css.table}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" className={column.right ? css.right : undefined}>
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const key = keyOf(row)
            return (
              <tr key={key} id={anchor ? `${anchor}-${key}` : undefined} data-current={key === current}>
                {columns.map((column) => (
                  <td
                    key={column.key}
                    className={
                      column.edge ? css.edge : column.right ? css.right : column.wide ? css.wide : undefined
                    }
                  >
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
