/** @file A value and why: for points that are typed in and overrides that are signed. */
import type { Measure } from '@capstan/api'
import { Button, NumberInput, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import css from './measures.module.css'
import type { Said, useOverride } from './measures.queries.ts'

interface SignFormProps {
  measure: Measure
  write:
    | ReturnType<typeof useOverride>
    | { mutate: (said: Said, options: object) => void; isPending: boolean; error: unknown }
  action: string
}

export function SignForm({ measure, write, action }: SignFormProps) {
  const { t } = useTranslation()
  const [value, setValue] = useState<number | string>('')
  const [note, setNote] = useState('')
  const ready = typeof value === 'number' && note.trim() !== ''
  const send = (event: FormEvent) => {
    event.preventDefault()
    if (!ready) return
    // what was typed stays until it is kept
    const clear = () => {
      setValue('')
      setNote('')
    }
    write.mutate({ id: measure.id, value, note: note.trim() }, { onSuccess: clear })
  }
  const label = measure.unit === '1' ? t('measures.asShare') : t('measures.inUnit', { unit: measure.unit })
  return (
    <form onSubmit={send}>
      <div className={css.form}>
        <NumberInput size="xs" label={label} value={value} onChange={setValue} hideControls required />
        <TextInput
          size="xs"
          label={t('measures.note')}
          value={note}
          onChange={({ currentTarget }) => setNote(currentTarget.value)}
          required
        />
        <Button size="xs" type="submit" variant="default" disabled={!ready} loading={write.isPending}>
          {action}
        </Button>
      </div>
      {write.error !== null && <ErrorNote error={write.error} />}
    </form>
  )
}
