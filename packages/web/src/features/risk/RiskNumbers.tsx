/** @file How often a risk strikes and what it then costs, as people can say it. */
import { NativeSelect, NumberInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import css from '../../ui/form/form.module.css'
import type { Form } from '../../ui/form/useForm.ts'
import { useFormat } from '../../ui/useFormat.ts'
import { frequencyKinds, lossKinds, type RiskFields } from './risk-form.view.ts'

type Numbers = 'oftenLow' | 'oftenHigh' | 'rate' | 'alpha' | 'beta' | 'lossLow' | 'lossMode' | 'lossHigh'

export function RiskNumbers({ form }: { form: Form<RiskFields> }) {
  const { t } = useTranslation()
  const { currency } = useFormat()
  const { often, loss } = form.fields
  const number = (key: Numbers, label: string) => (
    <NumberInput key={key} label={label} {...form.value(key)} hideControls required />
  )
  const frequency = {
    range: [number('oftenLow', t('riskForm.oftenLow')), number('oftenHigh', t('riskForm.oftenHigh'))],
    rate: [number('rate', t('riskForm.rate'))],
    belief: [number('alpha', t('riskForm.alpha')), number('beta', t('riskForm.beta'))],
  }
  const amount = {
    lognormal: [
      number('lossLow', t('riskForm.lossLow', { currency })),
      number('lossHigh', t('riskForm.lossHigh', { currency })),
    ],
    pert: [
      number('lossLow', t('riskForm.lossLeast', { currency })),
      number('lossMode', t('riskForm.lossMode', { currency })),
      number('lossHigh', t('riskForm.lossMost', { currency })),
    ],
    fixed: [number('lossMode', t('riskForm.lossFixed', { currency }))],
  }
  return (
    <>
      <fieldset className={css.group}>
        <legend>{t('risk.frequency')}</legend>
        <div className={css.line}>
          <NativeSelect
            label={t('riskForm.known')}
            {...form.text('often')}
            data={frequencyKinds.map((value) => ({ value, label: t(`riskForm.often.${value}`) }))}
          />
          {frequency[often]}
        </div>
      </fieldset>
      <fieldset className={css.group}>
        <legend>{t('riskForm.lossAnEvent')}</legend>
        <div className={css.line}>
          <NativeSelect
            label={t('riskForm.known')}
            {...form.text('loss')}
            data={lossKinds.map((value) => ({ value, label: t(`riskForm.loss.${value}`) }))}
          />
          {amount[loss]}
        </div>
      </fieldset>
    </>
  )
}
