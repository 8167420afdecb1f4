/** @file Risks that were closed, and can be opened again. */
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Rows } from '../../ui/Rows.tsx'
import { useMay } from '../../ui/useMay.ts'
import css from './risk.module.css'
import { closedRisks, useEditRisk } from './risk.queries.ts'

export function ClosedRisks() {
  const { t } = useTranslation()
  const may = useMay()
  const closed = useQuery(closedRisks()).data ?? []
  const edit = useEditRisk()
  if (closed.length === 0) return null
  return (
    <details className={css.closed}>
      <summary>{t('riskForm.closed', { n: closed.length })}</summary>
      <Rows
        rows={closed.map(({ id, name, revision }) => ({
          key: id,
          label: name,
          value: may('risk', 'edit') && (
            <Button
              size="compact-xs"
              variant="subtle"
              aria-label={`${t('riskForm.reopen')}: ${name}`}
              loading={edit.isPending && edit.variables?.id === id}
              onClick={() => edit.mutate({ id, revision, archived: false })}
            >
              {t('riskForm.reopen')}
            </Button>
          ),
        }))}
      />
      {edit.isError && <ErrorNote error={edit.error} />}
    </details>
  )
}
