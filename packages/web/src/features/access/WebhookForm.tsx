/** @file Another service to send notices to, or one to change; a secret that was made is told once. */
import { NoticeKind, type Webhook, WebhookFormat } from '@capstan/api'
import { Checkbox, NativeSelect, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Language } from '../../i18n/language.ts'
import { Checks } from '../../ui/form/Checks.tsx'
import { FormDialog } from '../../ui/form/FormDialog.tsx'
import css from '../../ui/form/form.module.css'
import { useForm } from '../../ui/form/useForm.ts'
import own from './access.module.css'
import { useAddWebhook, useEditWebhook } from './webhook.queries.ts'
import { takesSecret, webhookBody, webhookFields } from './webhook.view.ts'

export function WebhookForm({ webhook, onClose }: { webhook: Webhook | null; onClose: () => void }) {
  const { t, i18n } = useTranslation()
  const form = useForm(webhook, webhookFields(i18n.language as Language))
  const add = useAddWebhook()
  const edit = useEditWebhook()
  const { format } = form.fields
  const made = add.data?.secret
  const submit = () => {
    if (made) return onClose()
    if (webhook) {
      const changes = form.changes(webhookBody)
      if (Object.keys(changes).length === 0) return onClose()
      return edit.mutate({ id: webhook.id, revision: form.revision, ...changes }, { onSuccess: onClose })
    }
    const { active: _, ...body } = webhookBody(form.fields)
    const whole = { ...body, format, url: form.fields.url }
    add.mutate(whole, {
      // one that was typed in is known already
      onSuccess: ({ secret }) => {
        if (!secret || secret === form.fields.secret.trim()) onClose()
      },
    })
  }
  if (made)
    return (
      <FormDialog
        title={t('webhooks.added', { name: add.data?.name ?? '' })}
        action={t('webhooks.kept')}
        write={add}
        done
        onSubmit={onClose}
        onClose={onClose}
      >
        <output className={css.wide}>
          {t('webhooks.once')}
          <code className={own.secret}>{made}</code>
        </output>
      </FormDialog>
    )
  return (
    <FormDialog
      title={t(webhook ? 'webhooks.edit' : 'webhooks.add')}
      action={t(webhook ? 'form.save' : 'form.add')}
      write={webhook ? edit : add}
      form={form}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextInput label={t('webhooks.name')} {...form.text('name')} maxLength={200} required data-autofocus />
      {!webhook && (
        <NativeSelect
          label={t('webhooks.format')}
          {...form.text('format')}
          data={WebhookFormat.options.map((value) => ({ value, label: t(`webhooks.formats.${value}`) }))}
        />
      )}
      <NativeSelect
        label={t('webhooks.language')}
        {...form.text('language')}
        data={(['en', 'zh-CN'] as const).map((value) => ({
          value,
          label: new Intl.DisplayNames(i18n.language, { type: 'language' }).of(value) ?? value,
        }))}
      />
      <TextInput
        className={css.wide}
        type="url"
        label={t(webhook ? 'webhooks.otherAddress' : 'webhooks.address')}
        description={webhook ? t('webhooks.addressNow', { address: webhook.address }) : undefined}
        {...form.text('url')}
        required={!webhook}
        maxLength={2000}
      />
      {takesSecret(format) && (
        <TextInput
          className={css.wide}
          label={t(webhook ? 'webhooks.otherSecret' : 'webhooks.secret')}
          description={t(format === 'generic' ? 'webhooks.secretMade' : 'webhooks.secretTheirs')}
          {...form.text('secret')}
          autoComplete="off"
          maxLength={200}
        />
      )}
      <Checks
        label={t('webhooks.kinds')}
        note={t('webhooks.kindsNote')}
        {...form.value('kinds')}
        choices={NoticeKind.options.map((value) => ({ value, label: t(`noticeKind.${value}`) }))}
      />
      {webhook && <Checkbox className={css.wide} label={t('webhooks.active')} {...form.check('active')} />}
    </FormDialog>
  )
}
