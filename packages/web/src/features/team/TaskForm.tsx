/** @file A task to add or to change. */
import type { Task } from '@capstan/api'
import {
  Autocomplete,
  Checkbox,
  MultiSelect,
  NativeSelect,
  NumberInput,
  Textarea,
  TextInput,
} from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { FormDialog } from '../../ui/form/FormDialog.tsx'
import css from '../../ui/form/form.module.css'
import { useForm } from '../../ui/form/useForm.ts'
import { taskBody, taskFields } from './task.view.ts'
import { useAddTask, useEditTask } from './team.queries.ts'
import { useLinkOptions } from './useLinkOptions.ts'

const priorities = ['urgent', 'high', 'normal', 'low'] as const

export function TaskForm({ task, onClose }: { task: Task | null; onClose: () => void }) {
  const { t } = useTranslation()
  const form = useForm(task, taskFields)
  const add = useAddTask()
  const edit = useEditTask()
  const members = useQuery(reads.members()).data ?? []
  const initiatives = useQuery(reads.initiatives()).data ?? []
  const others = (useQuery(reads.tasks()).data ?? []).filter(
    ({ id, state }) => id !== task?.id && (state !== 'dropped' || form.fields.dependsOn.includes(id)),
  )
  const links = useLinkOptions(task?.links ?? [])
  const known = task?.links ?? []
  const submit = () => {
    if (task) {
      const changes = form.changes((fields) => taskBody(fields, known))
      if (Object.keys(changes).length === 0) return onClose()
      edit.mutate({ id: task.id, revision: form.revision, ...changes }, { onSuccess: onClose })
    } else {
      const { actualDays: _, ...body } = taskBody(form.fields, known)
      add.mutate(body, { onSuccess: onClose })
    }
  }
  return (
    <FormDialog
      title={t(task ? 'taskForm.edit' : 'taskForm.add')}
      action={t(task ? 'form.save' : 'form.add')}
      write={task ? edit : add}
      form={form}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextInput
        className={css.wide}
        label={t('taskForm.title')}
        {...form.text('title')}
        maxLength={200}
        required
        data-autofocus
      />
      <NativeSelect
        label={t('taskForm.assignee')}
        {...form.text('assigneeId')}
        data={[
          { value: '', label: t('team.nobody') },
          ...members.map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
      <NativeSelect
        label={t('strategy.initiative')}
        {...form.text('initiativeId')}
        data={[
          { value: '', label: t('form.none') },
          ...initiatives.map(({ id, name }) => ({ value: id, label: name })),
        ]}
      />
      <NumberInput label={t('taskForm.estimate')} {...form.value('estimateDays')} hideControls required />
      {task && <NumberInput label={t('taskForm.actual')} {...form.value('actualDays')} hideControls />}
      <TextInput type="date" label={t('strategy.due')} {...form.text('due')} />
      <NativeSelect
        label={t('taskForm.priority')}
        {...form.text('priority')}
        data={priorities.map((value) => ({ value, label: t(`priority.${value}`) }))}
      />
      <Autocomplete
        label={t('taskForm.skill')}
        {...form.value('skill')}
        data={[...new Set(members.flatMap(({ skills }) => skills))].sort()}
      />
      <MultiSelect
        className={css.wide}
        label={t('taskForm.dependsOn')}
        {...form.value('dependsOn')}
        searchable
        data={others.map(({ id, title }) => ({ value: id, label: title }))}
      />
      {form.fields.dependsOn.length > 0 && (
        <Checkbox className={css.wide} label={t('taskForm.startEarly')} {...form.check('startEarly')} />
      )}
      <Textarea
        className={css.wide}
        label={t('form.description')}
        description={t('taskForm.markdown')}
        {...form.text('description')}
        autosize
        minRows={3}
        maxRows={12}
      />
      <MultiSelect
        className={css.wide}
        label={t('taskForm.links')}
        {...form.value('links')}
        searchable
        data={links}
      />
    </FormDialog>
  )
}
