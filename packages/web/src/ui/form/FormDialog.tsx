/** @file A form in a dialog: its fields, what the server refused, and what somebody else did meanwhile. */
import { ApiError } from '@capstan/api'
import { Button, Modal } from '@mantine/core'
import { type FormEvent, type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '../ErrorNote.tsx'
import css from './form.module.css'
import type { Form } from './useForm.ts'

export interface Written {
  isPending: boolean
  isSuccess: boolean
  isError: boolean
  error: unknown
  reset(): void
}

interface FormDialogProps {
  title: string
  /** What the button says that sends it. */
  action: string
  write: Written
  onSubmit(): void
  onClose(): void
  children: ReactNode
  form?: Pick<Form<object>, 'stale' | 'takeTheirs' | 'keepMine'>
  /** It cannot be taken back. */
  final?: boolean
  /** It is done already, and only tells of it: nothing is left to cancel. */
  done?: boolean
}

export function FormDialog({
  title,
  action,
  write,
  onSubmit,
  onClose,
  children,
  form,
  final,
  done,
}: FormDialogProps) {
  const { t } = useTranslation()
  const sheet = useRef<HTMLFormElement>(null)
  useEffect(() => {
    const field = fieldNamed(write.error)
    const input = field && sheet.current?.elements.namedItem(field)
    if (input instanceof HTMLElement) input.focus()
  }, [write.error])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    // a form inside a dialog of the page is no part of a form around it
    event.stopPropagation()
    if (!write.isPending) onSubmit()
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size={600}
      closeOnClickOutside={false}
      returnFocus={false}
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ 'aria-label': t('form.close') }}
      classNames={{ title: css.title }}
    >
      <form ref={sheet} onSubmit={submit} className={css.form}>
        <div className={css.fields}>{children}</div>
        {form?.stale && !write.isPending && !write.isSuccess && <Meanwhile form={form} write={write} />}
        {write.isError && <ErrorNote error={write.error} />}
        <div className={css.foot}>
          {!done && (
            <Button size="xs" variant="default" onClick={onClose}>
              {t('form.cancel')}
            </Button>
          )}
          <Button size="xs" type="submit" loading={write.isPending} {...(final ? { color: 'red' } : {})}>
            {action}
          </Button>
        </div>
      </form>
    </Modal>
  )
}

/** The field that the server could not read, `estimateDays` of “body.estimateDays: …”. */
function fieldNamed(error: unknown): string | null {
  if (!(error instanceof ApiError) || error.body.code !== 'request/invalid') return null
  return /\bbody\.(\w+)/.exec(error.body.message)?.[1] ?? null
}

function Meanwhile({ form, write }: { form: NonNullable<FormDialogProps['form']>; write: Written }) {
  const { t } = useTranslation()
  const take = (how: () => void) => () => {
    how()
    write.reset()
  }
  return (
    <div className={css.meanwhile} role="status">
      <p>{t('form.meanwhile')}</p>
      <div className={css.choices}>
        <Button size="compact-xs" variant="default" onClick={take(form.keepMine)}>
          {t('form.keepMine')}
        </Button>
        <Button size="compact-xs" variant="default" onClick={take(form.takeTheirs)}>
          {t('form.takeTheirs')}
        </Button>
      </div>
    </div>
  )
}
