/** @file The options of a decision, one a line, with the chosen one marked. */
import { Button, Radio, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import css from '../../ui/form/form.module.css'
import type { Form } from '../../ui/form/useForm.ts'
import { type DecisionFields, withoutOption } from './decision.view.ts'
import own from './team.module.css'

const FEWEST = 2
const MOST = 20

export function DecisionOptions({ form }: { form: Form<DecisionFields> }) {
  const { t } = useTranslation()
  const { options, chosen } = form.fields
  const write = (at: number, text: string) =>
    form.set({ options: options.map((option, i) => (i === at ? text : option)) })
  return (
    <fieldset className={css.group}>
      <legend>{t('decisionForm.options')}</legend>
      {options.map((option, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an option is its place until it is recorded
        <div key={i} className={own.option}>
          <Radio
            size="xs"
            name="chosen"
            aria-label={t('decisionForm.choose', { n: i + 1 })}
            checked={chosen === i}
            onChange={() => form.set({ chosen: i })}
          />
          <TextInput
            size="xs"
            aria-label={t('decisionForm.option', { n: i + 1 })}
            value={option}
            onChange={({ currentTarget }) => write(i, currentTarget.value)}
            maxLength={200}
            required
          />
          {options.length > FEWEST && (
            <Button
              size="compact-xs"
              variant="subtle"
              aria-label={`${t('form.remove')}: ${t('decisionForm.option', { n: i + 1 })}`}
              onClick={() => form.set(withoutOption(form.fields, i))}
            >
              {t('form.remove')}
            </Button>
          )}
        </div>
      ))}
      {options.length < MOST && (
        <div>
          <Button size="compact-xs" variant="default" onClick={() => form.set({ options: [...options, ''] })}>
            {t('decisionForm.another')}
          </Button>
        </div>
      )}
    </fieldset>
  )
}
