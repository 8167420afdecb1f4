/** @file Least, most likely, greatest: a quantity that is not known exactly. */
import { NumberInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import css from '../../ui/form/form.module.css'
import ui from '../../ui/ui.module.css'
import type { RangeFields } from './market.view.ts'

interface RangeInputProps {
  label: string
  note?: string
  value: RangeFields
  onChange(value: RangeFields): void
}

export function RangeInput({ label, note, value, onChange }: RangeInputProps) {
  const { t } = useTranslation()
  return (
    <fieldset className={css.group}>
      <legend>{label}</legend>
      {note && <p className={ui.note}>{note}</p>}
      <div className={css.line}>
        {(['low', 'mode', 'high'] as const).map((key) => (
          <NumberInput
            key={key}
            size="xs"
            label={t(`range.${key}`)}
            value={value[key]}
            onChange={(typed) => onChange({ ...value, [key]: typed })}
            hideControls
            required
          />
        ))}
      </div>
    </fieldset>
  )
}
