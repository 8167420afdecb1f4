/** @file What is shown where a page itself failed: the error, and a way to load it anew. */
import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from './ErrorNote.tsx'
import css from './ui.module.css'

export function Broken({ error }: { error: unknown }) {
  const { t } = useTranslation()
  return (
    <div className={css.failed}>
      <ErrorNote error={error} />
      <Button size="compact-sm" variant="default" onClick={() => location.reload()}>
        {t('frame.reload')}
      </Button>
    </div>
  )
}
