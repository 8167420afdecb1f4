/** @file The rules that every version of a model must meet before it goes into production. */
import type { Gate } from '@capstan/api'
import { Button, NativeSelect, NumberInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { FormDialog } from '../../ui/form/FormDialog.tsx'
import { required, type Typed } from '../../ui/form/fields.ts'
import css from '../../ui/form/form.module.css'
import { useForm } from '../../ui/form/useForm.ts'
import { useSetGate } from './registry.queries.ts'

type Rule = Gate['rules'][number]
const metrics = [
  'accuracy',
  'loss',
  'calibration-error',
  'bytes',
] as const satisfies readonly Rule['metric'][]
/** More is better of accuracy alone. */
const opOf = (metric: Rule['metric']): Rule['op'] => (metric === 'accuracy' ? '>=' : '<=')

interface RuleFields {
  metric: Rule['metric']
  op: Rule['op']
  value: Typed
}

interface GateFormProps {
  modelName: string
  rules: Rule[]
  onClose: () => void
}

export function GateForm({ modelName, rules, onClose }: GateFormProps) {
  const { t } = useTranslation()
  const form = useForm(null, () => ({ rules: (rules.length > 0 ? rules : [first]) as RuleFields[] }))
  const write = useSetGate()
  const lines = form.fields.rules
  const change = (at: number, patch: Partial<RuleFields>) =>
    form.set({ rules: lines.map((rule, i) => (i === at ? { ...rule, ...patch } : rule)) })
  const submit = () =>
    write.mutate(
      { modelName, rules: lines.map((rule) => ({ ...rule, value: required(rule.value) })) },
      { onSuccess: onClose },
    )
  return (
    <FormDialog
      title={t('gateForm.title', { name: modelName })}
      action={t('form.save')}
      write={write}
      onSubmit={submit}
      onClose={onClose}
    >
      <p className={css.wide}>{t('gateForm.note')}</p>
      {lines.map((rule, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a rule is its place until it is kept
        <div key={i} className={`${css.wide} ${css.entry}`}>
          <div className={css.line}>
            <NativeSelect
              size="xs"
              label={t('risk.measure')}
              value={rule.metric}
              onChange={({ currentTarget }) => {
                const metric = currentTarget.value as Rule['metric']
                change(i, { metric, op: opOf(metric) })
              }}
              data={metrics.map((value) => ({ value, label: t(`metric.${value}`) }))}
            />
            <NativeSelect
              size="xs"
              label={t('gateForm.direction')}
              value={rule.op}
              onChange={({ currentTarget }) => change(i, { op: currentTarget.value as Rule['op'] })}
              data={[
                { value: '>=', label: t('gateForm.atLeast') },
                { value: '<=', label: t('gateForm.atMost') },
              ]}
            />
            <NumberInput
              size="xs"
              label={t(`gateForm.limit.${rule.metric}`)}
              value={rule.value}
              onChange={(value) => change(i, { value })}
              hideControls
              required
              {...(i === 0 ? { 'data-autofocus': true } : {})}
            />
          </div>
          {lines.length > 1 && (
            <Button
              size="xs"
              variant="subtle"
              aria-label={`${t('form.remove')}: ${t(`metric.${rule.metric}`)}`}
              onClick={() => form.set({ rules: lines.filter((_, k) => k !== i) })}
            >
              {t('form.remove')}
            </Button>
          )}
        </div>
      ))}
      <div className={css.wide}>
        <Button size="compact-xs" variant="default" onClick={() => form.set({ rules: [...lines, first] })}>
          {t('gateForm.another')}
        </Button>
      </div>
    </FormDialog>
  )
}

const first: RuleFields = { metric: 'accuracy', op: '>=', value: '' }
