/** @file The plan of cash to type in: what there is, what goes out and comes in each month, and what may come once. */
import type { RunwayPlan } from '@capstan/api'
import { Checkbox, NumberInput, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { FormDialog } from '../../ui/form/FormDialog.tsx'
import css from '../../ui/form/form.module.css'
import { type Form, useForm } from '../../ui/form/useForm.ts'
import { useFormat } from '../../ui/useFormat.ts'
import { RunwayDates } from './RunwayDates.tsx'
import { useSetRunway } from './resources.queries.ts'
import { type RunwayFields, runwayBody, runwayFields } from './runway.view.ts'

interface RunwayFormProps {
  plan: RunwayPlan | null
  today: string
  onClose: () => void
}

export function RunwayForm({ plan, today, onClose }: RunwayFormProps) {
  const { t } = useTranslation()
  const { currency } = useFormat()
  const form = useForm(plan, runwayFields(today))
  const write = useSetRunway()
  const submit = () => {
    if (plan && Object.keys(form.changes(runwayBody)).length === 0) return onClose()
    const revision = plan ? { revision: form.revision } : {}
    write.mutate({ ...runwayBody(form.fields), ...revision }, { onSuccess: onClose })
  }
  return (
    <FormDialog
      title={t('runwayForm.title')}
      action={t('form.save')}
      write={write}
      form={form}
      onSubmit={submit}
      onClose={onClose}
    >
      <NumberInput
        label={t('runwayForm.cash', { currency })}
        {...form.value('cash')}
        hideControls
        required
        data-autofocus
      />
      <TextInput type="date" label={t('runwayForm.asOf')} {...form.text('asOf')} required />
      <MonthRange form={form} of="burn" label={t('runwayForm.burn')} />
      <MonthRange form={form} of="revenue" label={t('runwayForm.revenue')} />
      <NumberInput label={t('runwayForm.growth')} {...form.value('growth')} hideControls required />
      <NumberInput
        label={t('runwayForm.horizon')}
        {...form.value('horizonMonths')}
        allowDecimal={false}
        hideControls
        required
      />
      <Checkbox
        className={css.wide}
        label={t('runwayForm.countRuns')}
        description={t('runwayForm.countRunsNote')}
        {...form.check('countRuns')}
      />
      <RunwayDates form={form} />
    </FormDialog>
  )
}

interface MonthRangeProps {
  form: Form<RunwayFields>
  of: 'burn' | 'revenue'
  label: string
}

/** Two bounds that 90 % of months lie between. */
function MonthRange({ form, of, label }: MonthRangeProps) {
  const { t } = useTranslation()
  return (
    <fieldset className={css.group}>
      <legend>{label}</legend>
      <div className={css.line}>
        <NumberInput label={t('runwayForm.atLeast')} {...form.value(`${of}Low`)} hideControls required />
        <NumberInput label={t('runwayForm.atMost')} {...form.value(`${of}High`)} hideControls required />
      </div>
    </fieldset>
  )
}
