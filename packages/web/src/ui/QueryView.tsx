/** @file Shows a reading when it is there; until then that it is loading, empty, or why it failed. */
import { Button } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from './ErrorNote.tsx'
import css from './ui.module.css'

interface QueryViewProps<T> {
  query: UseQueryResult<T>
  /** What to say when the reading is an empty list. */
  empty?: string
  children: (data: T) => ReactNode
}

export function QueryView<T>({ query, empty, children }: QueryViewProps<T>) {
  const { t } = useTranslation()
  if (query.data !== undefined) {
    if (empty && Array.isArray(query.data) && query.data.length === 0)
      return <p className={css.empty}>{empty}</p>
    return <>{children(query.data)}</>
  }
  if (query.isError)
    return (
      <div className={css.failed}>
        <ErrorNote error={query.error} />
        <Button size="compact-xs" variant="default" onClick={() => void query.refetch()}>
          {t('frame.tryAgain')}
        </Button>
      </div>
    )
  return (
    <p className={css.loading} role="status">
      {t('frame.loading')}
    </p>
  )
}
