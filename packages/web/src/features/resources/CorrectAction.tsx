/** @file Takes an entry of the ledger back by its opposite, saying why. */
import type { LedgerEntry } from '@capstan/api'
import { TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { FormAction } from '../../ui/form/FormAction.tsx'
import { FormDialog } from '../../ui/form/FormDialog.tsx'
import css from '../../ui/form/form.module.css'
import { useForm } from '../../ui/form/useForm.ts'
import { useCorrect } from './resources.queries.ts'

/** @param of what was charged, for people to tell it from the others */
export function CorrectAction({ entry, of }: { entry: LedgerEntry; of: string }) {
  const { t } = useTranslation()
  return (
    <FormAction label={t('correctForm.correct')} of={of} quiet>
      {(close) => <CorrectForm id={entry.id} of={of} onClose={close} />}
    </FormAction>
  )
}

function CorrectForm({ id, of, onClose }: { id: string; of: string; onClose: () => void }) {
  const { t } = useTranslation()
  const form = useForm(null, () => ({ note: '' }))
  const write = useCorrect()
  return (
    <FormDialog
      title={t('form.sure', { action: t('correctForm.correct'), name: of })}
      action={t('correctForm.correct')}
      write={write}
      final
      onSubmit={() => write.mutate({ id, note: form.fields.note }, { onSuccess: onClose })}
      onClose={onClose}
    >
      <p className={css.wide}>{t('correctForm.note')}</p>
      <TextInput
        className={css.wide}
        label={t('correctForm.why')}
        {...form.text('note')}
        required
        data-autofocus
      />
    </FormDialog>
  )
}
