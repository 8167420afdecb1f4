/** @file A competitor or a trend to add or to change, with a score and its source by each criterion. */
import type { Contender, Criterion } from '@capstan/api'
import { Checkbox, NativeSelect, NumberInput, Textarea, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { FormDialog } from '../../ui/form/FormDialog.tsx'
import css from '../../ui/form/form.module.css'
import { type Form, useForm } from '../../ui/form/useForm.ts'
import ui from '../../ui/ui.module.css'
import { useAddContender, useEditContender } from './market.queries.ts'
import { type ContenderFields, contenderBody, contenderFields, stances } from './market.view.ts'

interface ContenderFormProps {
  kind: Contender['kind']
  contender: Contender | null
  criteria: readonly Criterion[]
  onClose: () => void
}

export function ContenderForm({ kind, contender, criteria, onClose }: ContenderFormProps) {
  const { t } = useTranslation()
  const form = useForm(contender, contenderFields)
  const add = useAddContender()
  const edit = useEditContender()
  const submit = () => {
    if (!contender) return add.mutate({ kind, ...contenderBody(form.fields) }, { onSuccess: onClose })
    const changes = form.changes(contenderBody)
    if (Object.keys(changes).length === 0) return onClose()
    edit.mutate({ id: contender.id, revision: form.revision, ...changes }, { onSuccess: onClose })
  }
  return (
    <FormDialog
      title={t(contender ? `contenderForm.edit.${kind}` : `contenderForm.add.${kind}`)}
      action={t(contender ? 'form.save' : 'form.add')}
      write={contender ? edit : add}
      form={form}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextInput
        className={css.wide}
        label={t('comparison.name')}
        {...form.text('name')}
        maxLength={200}
        required
        data-autofocus
      />
      <Textarea
        className={css.wide}
        label={t('form.description')}
        {...form.text('summary')}
        autosize
        minRows={2}
        maxRows={6}
      />
      {kind === 'competitor' ? (
        <Checkbox className={css.wide} label={t('contenderForm.ours')} {...form.check('ours')} />
      ) : (
        <NativeSelect
          className={css.wide}
          label={t('contenderForm.stance')}
          {...form.text('stance')}
          data={[
            { value: '', label: t('contenderForm.undecided') },
            ...stances.map((value) => ({ value, label: t(`comparison.stance.${value}`) })),
          ]}
        />
      )}
      {criteria.length > 0 ? (
        <fieldset className={css.group}>
          <legend>{t('contenderForm.scores')}</legend>
          <p className={ui.note}>{t('contenderForm.scoresNote')}</p>
          {criteria.map((criterion) => (
            <ScoreLine key={criterion.id} criterion={criterion} form={form} />
          ))}
        </fieldset>
      ) : (
        <p className={`${css.wide} ${ui.note}`}>{t('contenderForm.noCriteria')}</p>
      )}
    </FormDialog>
  )
}

const none = { score: '', source: '', date: '' }

function ScoreLine({ criterion, form }: { criterion: Criterion; form: Form<ContenderFields> }) {
  const { t } = useTranslation()
  const { name, scale, id } = criterion
  const { scores } = form.fields
  const line = scores[id] ?? none
  const write = (patch: Partial<typeof none> | { score: number | string }) =>
    form.set({ scores: { ...scores, [id]: { ...line, ...patch } } })
  const scored = line.score !== ''
  return (
    <fieldset className={css.group} title={scale || undefined}>
      <div className={css.scored}>
        <NumberInput
          size="xs"
          label={name}
          description={scale || undefined}
          value={line.score}
          onChange={(score) => write({ score })}
          hideControls
          placeholder={t('contenderForm.outOf')}
        />
        <TextInput
          size="xs"
          label={t('market.source')}
          aria-label={`${t('market.source')}: ${name}`}
          value={line.source}
          onChange={({ currentTarget }) => write({ source: currentTarget.value })}
          required={scored}
        />
        <TextInput
          size="xs"
          type="date"
          label={t('contenderForm.date')}
          aria-label={`${t('contenderForm.date')}: ${name}`}
          value={line.date}
          onChange={({ currentTarget }) => write({ date: currentTarget.value })}
        />
      </div>
    </fieldset>
  )
}
