/** @file Withdraws an override, with the reason. */
import type { MeasureOverride } from '@capstan/api'
import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import css from './measures.module.css'
import { useWithdraw } from './measures.queries.ts'

export function WithdrawForm({ override }: { override: MeasureOverride }) {
  const { t } = useTranslation()
  const [note, setNote] = useState('')
  const withdraw = useWithdraw()
  const send = (event: FormEvent) => {
    event.preventDefault()
    withdraw.mutate({ override, note: note.trim() })
  }
  return (
    <form onSubmit={send}>
      <div className={css.form}>
        <TextInput
          size="xs"
          label={t('measures.withdrawWhy')}
          value={note}
          onChange={({ currentTarget }) => setNote(currentTarget.value)}
          required
        />
        <Button
          size="xs"
          type="submit"
          variant="default"
          disabled={note.trim() === ''}
          loading={withdraw.isPending}
        >
          {t('measures.withdraw')}
        </Button>
      </div>
      {withdraw.error !== null && <ErrorNote error={withdraw.error} />}
    </form>
  )
}
