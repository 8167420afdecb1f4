/** @file What a decision is expected to bring: a forecast taken over, a chance, or an interval of a measure. */
import type { KeyResultView, Measure } from '@capstan/api'
import { NativeSelect, NumberInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import css from '../../ui/form/form.module.css'
import type { Form } from '../../ui/form/useForm.ts'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import { type DecisionFields, forecastable, groundsOf } from './decision.view.ts'

interface DecisionGroundsProps {
  form: Form<DecisionFields>
  keyResults: readonly KeyResultView[]
  measures: readonly Measure[]
}

export function DecisionGrounds({ form, keyResults, measures }: DecisionGroundsProps) {
  const { t } = useTranslation()
  const { grounds } = form.fields
  const known = forecastable(keyResults)
  const offered = groundsOf.filter(
    (one) => (one !== 'forecast' || known.length > 0) && (one !== 'interval' || measures.length > 0),
  )
  return (
    <>
      <NativeSelect
        className={css.wide}
        label={t('decisionForm.expected')}
        description={t('decisionForm.expectedNote')}
        {...form.text('grounds')}
        data={offered.map((value) => ({ value, label: t(`decisionForm.grounds.${value}`) }))}
      />
      {grounds === 'forecast' && <KeyResult form={form} list={known} />}
      {grounds === 'chance' && (
        <>
          <NumberInput label={t('decisionForm.percent')} {...form.value('percent')} hideControls required />
          <KeyResult form={form} list={keyResults} optional />
        </>
      )}
      {grounds === 'interval' && <Interval form={form} measures={measures} />}
    </>
  )
}

function KeyResult({
  form,
  list,
  optional,
}: {
  form: Form<DecisionFields>
  list: readonly KeyResultView[]
  optional?: boolean
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const chosen = list.find(({ id }) => id === form.fields.keyResultId) ?? (optional ? undefined : list[0])
  return (
    <div className={optional ? undefined : css.wide}>
      <NativeSelect
        label={t('decisionForm.keyResult')}
        {...form.text('keyResultId')}
        value={chosen?.id ?? ''}
        data={[
          ...(optional ? [{ value: '', label: t('form.none') }] : []),
          ...list.map(({ id, title }) => ({ value: id, label: title })),
        ]}
      />
      {chosen && (
        <p className={ui.note}>
          {!optional &&
            `${t('decisionForm.forecastSays', { chance: format.percent(chosen.forecast.chance ?? 0) })} `}
          {t('decisionForm.knownOn', { date: format.date(chosen.due) })}
        </p>
      )}
    </div>
  )
}

function Interval({ form, measures }: { form: Form<DecisionFields>; measures: readonly Measure[] }) {
  const { t } = useTranslation()
  const measure = measures.find(({ id }) => id === form.fields.measureId) ?? measures[0]
  const unit = measure?.unit === '1' ? t('decisionForm.share') : (measure?.unit ?? '')
  return (
    <>
      <NativeSelect
        className={css.wide}
        label={t('risk.measure')}
        {...form.text('measureId')}
        value={measure?.id ?? ''}
        data={measures.map(({ id, name }) => ({ value: id, label: name }))}
      />
      <NumberInput label={t('decisionForm.low', { unit })} {...form.value('low')} hideControls required />
      <NumberInput label={t('decisionForm.high', { unit })} {...form.value('high')} hideControls required />
    </>
  )
}
