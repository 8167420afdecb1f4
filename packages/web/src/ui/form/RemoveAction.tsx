/** @file A button that removes something, after asking. */
import { useTranslation } from 'react-i18next'
import { FormAction } from './FormAction.tsx'
import { FormDialog, type Written } from './FormDialog.tsx'
import css from './form.module.css'

interface RemoveActionProps {
  name: string
  write: Written & { mutate(input: string, options: { onSuccess(): void }): void }
  id: string
  /** What becomes of it; nothing is left of it when left out. */
  note?: string
  label?: string
}

export function RemoveAction({ name, write, id, note, label }: RemoveActionProps) {
  const { t } = useTranslation()
  const action = label ?? t('form.remove')
  return (
    <FormAction label={action} of={name} quiet>
      {(close) => {
        const leave = () => {
          write.reset()
          close()
        }
        return (
          <FormDialog
            title={t('form.sure', { action, name })}
            action={action}
            write={write}
            final
            onClose={leave}
            onSubmit={() => write.mutate(id, { onSuccess: leave })}
          >
            <p className={css.wide}>{note ?? t('form.removeNote')}</p>
          </FormDialog>
        )
      }}
    </FormAction>
  )
}
