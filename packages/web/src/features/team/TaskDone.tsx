/** @file Closes a task: what it took in all, and what came of it. */
import type { Task } from '@capstan/api'
import { MultiSelect, NumberInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { FormDialog } from '../../ui/form/FormDialog.tsx'
import { numberOf, type Typed } from '../../ui/form/fields.ts'
import css from '../../ui/form/form.module.css'
import { useForm } from '../../ui/form/useForm.ts'
import { useFormat } from '../../ui/useFormat.ts'
import { linksOf } from './task.view.ts'
import { useMoveTask } from './team.queries.ts'
import { useLinkOptions } from './useLinkOptions.ts'

export function TaskDone({ task, onClose }: { task: Task; onClose: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const form = useForm(null, () => ({ actualDays: (task.actualDays ?? '') as Typed, links: [] as string[] }))
  const move = useMoveTask()
  const links = useLinkOptions([]).filter(
    ({ value }) => !task.links.some(({ noun, id }) => value === `${noun}/${id}`),
  )
  const submit = () => {
    const actualDays = numberOf(form.fields.actualDays)
    move.mutate(
      {
        ...{ id: task.id, state: 'done' as const, links: linksOf(form.fields.links, []) },
        ...(actualDays === null ? {} : { actualDays }),
      },
      { onSuccess: onClose },
    )
  }
  return (
    <FormDialog
      title={t('taskForm.doneTitle', { title: task.title })}
      action={t('taskForm.done')}
      write={move}
      onSubmit={submit}
      onClose={onClose}
    >
      <NumberInput
        className={css.wide}
        label={t('taskForm.actual')}
        description={t('taskForm.actualNote', { estimate: format.value(task.estimateDays, 'day') })}
        {...form.value('actualDays')}
        hideControls
        data-autofocus
      />
      <MultiSelect
        className={css.wide}
        label={t('taskForm.cameOfIt')}
        {...form.value('links')}
        searchable
        data={links}
      />
    </FormDialog>
  )
}
