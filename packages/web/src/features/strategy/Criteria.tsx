/** @file The criteria of a comparison with their weights, each to change or to take out. */
import type { Contender, Criterion } from '@capstan/api'
import { NumberInput, Textarea, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { FormAction } from '../../ui/form/FormAction.tsx'
import { FormDialog } from '../../ui/form/FormDialog.tsx'
import css from '../../ui/form/form.module.css'
import { RemoveAction } from '../../ui/form/RemoveAction.tsx'
import { RowActions } from '../../ui/form/RowActions.tsx'
import { useForm } from '../../ui/form/useForm.ts'
import { Rows } from '../../ui/Rows.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import { useMay } from '../../ui/useMay.ts'
import { useAddCriterion, useEditCriterion, useRemoveCriterion } from './market.queries.ts'
import { criterionBody, criterionFields } from './market.view.ts'

interface CriteriaProps {
  criteria: readonly Criterion[]
  contenders: readonly Contender[]
}

export function Criteria({ criteria, contenders }: CriteriaProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const may = useMay()
  const remove = useRemoveCriterion()
  if (criteria.length === 0) return null
  const used = (id: string) =>
    contenders.some(({ scores }) => scores.some(({ criterionId }) => criterionId === id))
  return (
    <details className={css.more}>
      <summary>{t('criterionForm.title', { n: criteria.length })}</summary>
      <Rows
        rows={criteria.map((criterion) => ({
          key: criterion.id,
          label: (
            <span>
              {criterion.name} <span className={ui.unit}>{criterion.scale}</span>
            </span>
          ),
          value: (
            <RowActions>
              <span>× {format.number(criterion.weight)}</span>
              {may('market', 'editCriterion') && (
                <FormAction label={t('form.edit')} of={criterion.name} quiet>
                  {(close) => <CriterionForm of={criterion.of} criterion={criterion} onClose={close} />}
                </FormAction>
              )}
              {may('market', 'removeCriterion') && !used(criterion.id) && (
                <RemoveAction name={criterion.name} id={criterion.id} write={remove} />
              )}
            </RowActions>
          ),
        }))}
      />
    </details>
  )
}

interface CriterionFormProps {
  of: Criterion['of']
  criterion: Criterion | null
  onClose: () => void
}

export function CriterionForm({ of, criterion, onClose }: CriterionFormProps) {
  const { t } = useTranslation()
  const form = useForm(criterion, criterionFields)
  const add = useAddCriterion()
  const edit = useEditCriterion()
  const submit = () => {
    if (!criterion) return add.mutate({ of, ...criterionBody(form.fields) }, { onSuccess: onClose })
    const changes = form.changes(criterionBody)
    if (Object.keys(changes).length === 0) return onClose()
    edit.mutate({ id: criterion.id, revision: form.revision, ...changes }, { onSuccess: onClose })
  }
  return (
    <FormDialog
      title={t(criterion ? 'criterionForm.edit' : 'criterionForm.add')}
      action={t(criterion ? 'form.save' : 'form.add')}
      write={criterion ? edit : add}
      form={form}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextInput
        label={t('comparison.name')}
        {...form.text('name')}
        maxLength={200}
        required
        data-autofocus
      />
      <NumberInput
        label={t('criterionForm.weight')}
        description={t('criterionForm.weightNote')}
        inputWrapperOrder={['label', 'input', 'description']}
        {...form.value('weight')}
        hideControls
        required
      />
      <Textarea
        className={css.wide}
        label={t('criterionForm.scale')}
        {...form.text('scale')}
        autosize
        minRows={1}
      />
    </FormDialog>
  )
}
