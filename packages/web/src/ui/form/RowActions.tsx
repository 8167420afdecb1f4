/** @file The buttons at the end of a row. */
import type { ReactNode } from 'react'
import css from './form.module.css'

export const RowActions = ({ children }: { children: ReactNode }) => <div className={css.row}>{children}</div>
