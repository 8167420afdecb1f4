/** @file Causes that several risks share: years in which all of them strike more often. */
import type { RiskCause } from '@capstan/api'
import { NumberInput, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { DataTable } from '../../ui/DataTable.tsx'
import { FormAction } from '../../ui/form/FormAction.tsx'
import { FormDialog } from '../../ui/form/FormDialog.tsx'
import css from '../../ui/form/form.module.css'
import { RemoveAction } from '../../ui/form/RemoveAction.tsx'
import { RowActions } from '../../ui/form/RowActions.tsx'
import { useForm } from '../../ui/form/useForm.ts'
import { QueryView } from '../../ui/QueryView.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import { useMay } from '../../ui/useMay.ts'
import { causeBody, causeFields } from './cause.view.ts'
import { causeReads, useAddCause, useEditCause, useRemoveCause } from './risk.queries.ts'

export function Causes() {
  const { t } = useTranslation()
  const format = useFormat()
  const may = useMay()
  const causes = useQuery(causeReads())
  const risks = useQuery(reads.risks()).data ?? []
  const remove = useRemoveCause()
  return (
    <QueryView query={causes} empty={t('causes.none')}>
      {(rows) => (
        <DataTable
          caption={t('causes.title')}
          rows={rows}
          keyOf={({ id }) => id}
          columns={[
            {
              key: 'name',
              head: t('causes.cause'),
              wide: true,
              cell: ({ name, description }) => (
                <>
                  {name}
                  {description && <div className={ui.note}>{description}</div>}
                </>
              ),
            },
            {
              key: 'volatility',
              head: t('causes.volatility'),
              right: true,
              cell: ({ volatility }) => format.number(volatility),
            },
            {
              key: 'risks',
              head: t('causes.risks'),
              cell: ({ id }) =>
                risks
                  .filter((risk) => risk.causes.some(({ causeId }) => causeId === id))
                  .map(({ name }) => name)
                  .join(', '),
            },
            {
              key: 'actions',
              head: '',
              edge: true,
              cell: (cause) =>
                may('risk', 'editCause') && (
                  <RowActions>
                    <FormAction label={t('form.edit')} of={cause.name} quiet>
                      {(close) => <CauseForm cause={cause} onClose={close} />}
                    </FormAction>
                    {!risks.some((risk) => risk.causes.some(({ causeId }) => causeId === cause.id)) && (
                      <RemoveAction name={cause.name} id={cause.id} write={remove} />
                    )}
                  </RowActions>
                ),
            },
          ]}
        />
      )}
    </QueryView>
  )
}

export function CauseForm({ cause, onClose }: { cause: RiskCause | null; onClose: () => void }) {
  const { t } = useTranslation()
  const form = useForm(cause, causeFields)
  const add = useAddCause()
  const edit = useEditCause()
  const submit = () => {
    if (!cause) return add.mutate(causeBody(form.fields), { onSuccess: onClose })
    const changes = form.changes(causeBody)
    if (Object.keys(changes).length === 0) return onClose()
    edit.mutate({ id: cause.id, revision: form.revision, ...changes }, { onSuccess: onClose })
  }
  return (
    <FormDialog
      title={t(cause ? 'causes.edit' : 'causes.add')}
      action={t(cause ? 'form.save' : 'form.add')}
      write={cause ? edit : add}
      form={form}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextInput
        className={css.wide}
        label={t('causes.name')}
        {...form.text('name')}
        maxLength={200}
        required
        data-autofocus
      />
      <NumberInput
        className={css.wide}
        label={t('causes.volatility')}
        description={t('causes.volatilityNote')}
        {...form.value('volatility')}
        hideControls
        required
      />
      <Textarea
        className={css.wide}
        label={t('form.description')}
        {...form.text('description')}
        autosize
        minRows={2}
      />
    </FormDialog>
  )
}
