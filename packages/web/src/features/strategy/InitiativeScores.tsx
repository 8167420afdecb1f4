/** @file RICE and WSJF of an initiative, which stand beside its value and decide nothing. */
import { NumberInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import css from '../../ui/form/form.module.css'
import type { Form } from '../../ui/form/useForm.ts'
import type { InitiativeFields } from './initiative.view.ts'

const rice = ['reach', 'impact', 'confidence'] as const
const wsjf = ['wsjfValue', 'urgency', 'riskReduction', 'size'] as const

export function InitiativeScores({ form }: { form: Form<InitiativeFields> }) {
  const { t } = useTranslation()
  const { fields } = form
  const used = (keys: readonly ((typeof rice)[number] | (typeof wsjf)[number])[]) =>
    keys.some((key) => fields[key] !== '')
  const line = (keys: readonly ((typeof rice)[number] | (typeof wsjf)[number])[]) => (
    <div className={css.line}>
      {keys.map((key) => (
        <NumberInput
          key={key}
          label={t(`initiativeForm.${key}`)}
          {...form.value(key)}
          hideControls
          required={used(keys)}
        />
      ))}
    </div>
  )
  return (
    <details className={`${css.wide} ${css.more}`} open={used([...rice, ...wsjf]) || undefined}>
      <summary>{t('initiativeForm.scores')}</summary>
      <div className={css.fields}>
        <fieldset className={css.group}>
          <legend>{t('initiativeForm.rice')}</legend>
          {line(rice)}
        </fieldset>
        <fieldset className={css.group}>
          <legend>{t('initiativeForm.wsjf')}</legend>
          {line(wsjf)}
        </fieldset>
      </div>
    </details>
  )
}
