/** @file What a risk has in common with others: shared causes, and risks that set it off. */
import { Button, NativeSelect, NumberInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import type { Typed } from '../../ui/form/fields.ts'
import css from '../../ui/form/form.module.css'
import type { Form } from '../../ui/form/useForm.ts'
import { causeReads } from './risk.queries.ts'
import type { RiskFields } from './risk-form.view.ts'

interface Part {
  id: string
  percent: Typed
}

export function RiskDependence({ form, riskId }: { form: Form<RiskFields>; riskId: string | null }) {
  const { t } = useTranslation()
  const causes = useQuery(causeReads()).data ?? []
  const risks = (useQuery(reads.risks()).data ?? []).filter(({ id }) => id !== riskId)
  const { fields } = form
  const used = fields.causes.length + fields.triggers.length > 0 || fields.commonPercent !== 0
  return (
    <details className={`${css.wide} ${css.more}`} open={used || undefined}>
      <summary>{t('riskForm.dependence')}</summary>
      <div className={css.fields}>
        <NumberInput
          className={css.wide}
          label={t('riskForm.common')}
          description={t('riskForm.commonNote')}
          {...form.value('commonPercent')}
          hideControls
          required
        />
        <Parts
          legend={t('riskForm.causes')}
          what={t('riskForm.cause')}
          how={t('riskForm.weight')}
          add={t('riskForm.addCause')}
          choices={causes}
          parts={fields.causes.map(({ causeId, percent }) => ({ id: causeId, percent }))}
          onChange={(parts) =>
            form.set({ causes: parts.map(({ id, percent }) => ({ causeId: id, percent })) })
          }
        />
        <Parts
          legend={t('riskForm.triggers')}
          what={t('risk.risk')}
          how={t('riskForm.chance')}
          add={t('riskForm.addTrigger')}
          choices={risks}
          parts={fields.triggers.map(({ riskId, percent }) => ({ id: riskId, percent }))}
          onChange={(parts) =>
            form.set({ triggers: parts.map(({ id, percent }) => ({ riskId: id, percent })) })
          }
        />
      </div>
    </details>
  )
}

interface PartsProps {
  legend: string
  what: string
  how: string
  add: string
  choices: readonly { id: string; name: string }[]
  parts: Part[]
  onChange(parts: Part[]): void
}

/** Each of the choices at most once, with a percentage. */
function Parts({ legend, what, how, add, choices, parts, onChange }: PartsProps) {
  const { t } = useTranslation()
  const free = choices.filter(({ id }) => !parts.some((part) => part.id === id))
  if (choices.length === 0) return null
  const change = (at: number, patch: Partial<Part>) =>
    onChange(parts.map((part, i) => (i === at ? { ...part, ...patch } : part)))
  return (
    <fieldset className={css.group}>
      <legend>{legend}</legend>
      {parts.map((part, i) => (
        <div key={part.id} className={css.entry}>
          <NativeSelect
            size="xs"
            label={what}
            value={part.id}
            onChange={({ currentTarget }) => change(i, { id: currentTarget.value })}
            data={choices
              .filter(({ id }) => id === part.id || free.some((one) => one.id === id))
              .map(({ id, name }) => ({ value: id, label: name }))}
          />
          <NumberInput
            size="xs"
            w={112}
            label={how}
            value={part.percent}
            onChange={(percent) => change(i, { percent })}
            hideControls
            required
          />
          <Button
            size="xs"
            variant="subtle"
            aria-label={`${t('form.remove')}: ${choices.find(({ id }) => id === part.id)?.name ?? part.id}`}
            onClick={() => onChange(parts.filter((_, k) => k !== i))}
          >
            {t('form.remove')}
          </Button>
        </div>
      ))}
      {free[0] && (
        <div>
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => onChange([...parts, { id: free[0]!.id, percent: '' }])}
          >
            {add}
          </Button>
        </div>
      )}
    </fieldset>
  )
}
