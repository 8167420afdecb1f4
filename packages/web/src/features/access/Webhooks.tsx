/** @file Webhooks: where notices go, tried by a click, with what became of each. */
import type { Delivery, Webhook } from '@capstan/api'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { DataTable } from '../../ui/DataTable.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { FormAction } from '../../ui/form/FormAction.tsx'
import { RemoveAction } from '../../ui/form/RemoveAction.tsx'
import { RowActions } from '../../ui/form/RowActions.tsx'
import { StateMark } from '../../ui/icons.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import { useMay } from '../../ui/useMay.ts'
import { WebhookForm } from './WebhookForm.tsx'
import { useRemoveWebhook, useSendAgain, useTryWebhook, webhookReads } from './webhook.queries.ts'

export function Webhooks() {
  const { t } = useTranslation()
  const may = useMay()
  return (
    <Panel
      title={t('webhooks.title')}
      id="webhooks"
      aside={
        may('webhooks', 'create') && (
          <FormAction label={t('webhooks.add')}>
            {(close) => <WebhookForm webhook={null} onClose={close} />}
          </FormAction>
        )
      }
    >
      <div className={ui.stack}>
        <p>{t('webhooks.lead')}</p>
        <List />
      </div>
    </Panel>
  )
}

function List() {
  const { t, i18n } = useTranslation()
  const query = useQuery(webhookReads.list())
  const remove = useRemoveWebhook()
  const attempt = useTryWebhook()
  const [shown, show] = useState<string | null>(null)
  const language = new Intl.DisplayNames(i18n.language, { type: 'language' })
  const looked = query.data?.find(({ id }) => id === shown)
  return (
    <>
      <QueryView query={query} empty={t('webhooks.none')}>
        {(webhooks) => (
          <DataTable
            caption={t('webhooks.title')}
            rows={webhooks}
            keyOf={({ id }) => id}
            current={shown}
            columns={[
              { key: 'name', head: t('webhooks.name'), cell: (row) => <Name row={row} /> },
              {
                key: 'format',
                head: t('webhooks.format'),
                cell: ({ format }) => <span className={ui.chip}>{t(`webhooks.formats.${format}`)}</span>,
              },
              {
                key: 'kinds',
                head: t('webhooks.kinds'),
                cell: ({ kinds }) =>
                  kinds.length === 0
                    ? t('webhooks.everything')
                    : kinds.map((kind) => t(`noticeKind.${kind}`)).join(', '),
              },
              {
                key: 'language',
                head: t('webhooks.language'),
                cell: (row) => <span className={ui.chip}>{language.of(row.language)}</span>,
              },
              {
                key: 'actions',
                head: '',
                edge: true,
                cell: (row) => (
                  <RowActions>
                    {row.active && (
                      <Button
                        size="compact-xs"
                        variant="default"
                        aria-label={`${t('webhooks.try')}: ${row.name}`}
                        loading={attempt.isPending && attempt.variables === row.id}
                        onClick={() => attempt.mutate(row.id, { onSuccess: () => show(row.id) })}
                      >
                        {t('webhooks.try')}
                      </Button>
                    )}
                    <Button
                      size="compact-xs"
                      variant="subtle"
                      aria-label={`${t('webhooks.sent')}: ${row.name}`}
                      aria-expanded={shown === row.id}
                      onClick={() => show(shown === row.id ? null : row.id)}
                    >
                      {t('webhooks.sent')}
                    </Button>
                    <FormAction label={t('form.edit')} of={row.name} quiet>
                      {(close) => <WebhookForm webhook={row} onClose={close} />}
                    </FormAction>
                    <RemoveAction
                      name={row.name}
                      id={row.id}
                      write={remove}
                      note={t('webhooks.removeNote')}
                    />
                  </RowActions>
                ),
              },
            ]}
          />
        )}
      </QueryView>
      {attempt.isError && <ErrorNote error={attempt.error} />}
      {looked && <Deliveries webhook={looked} />}
    </>
  )
}

function Name({ row }: { row: Webhook }) {
  const { t } = useTranslation()
  return (
    <>
      {row.name}
      {!row.active && ` · ${t('webhooks.paused')}`}
      <div className={ui.note}>{row.address}</div>
    </>
  )
}

const tones = { delivered: 'good', waiting: 'open', failed: 'bad' } as const

function Deliveries({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation()
  const format = useFormat()
  const query = useQuery(webhookReads.deliveries(webhook.id))
  const again = useSendAgain()
  return (
    <section>
      <h3 className={ui.sub}>{t('webhooks.sentTo', { name: webhook.name })}</h3>
      <QueryView query={query} empty={t('webhooks.nothingSent')}>
        {(deliveries) => (
          <DataTable
            caption={t('webhooks.sentTo', { name: webhook.name })}
            rows={deliveries}
            keyOf={({ id }) => id}
            columns={[
              {
                key: 'state',
                head: t('strategy.state'),
                cell: ({ state }) => (
                  <span className={ui.chip}>
                    <StateMark tone={tones[state]} label={t(`webhooks.state.${state}`)} />
                    {t(`webhooks.state.${state}`)}
                  </span>
                ),
              },
              { key: 'at', head: t('common.when'), cell: ({ createdAt }) => format.dateTime(createdAt) },
              {
                key: 'what',
                head: t('webhooks.what'),
                cell: ({ noticeId }) => t(noticeId === null ? 'webhooks.trial' : 'webhooks.notice'),
              },
              { key: 'answer', head: t('webhooks.answer'), wide: true, cell: (row) => <Answer row={row} /> },
              {
                key: 'again',
                head: '',
                edge: true,
                cell: (row) =>
                  row.state !== 'waiting' && (
                    <Button
                      size="compact-xs"
                      variant="subtle"
                      loading={again.isPending && again.variables === row.id}
                      onClick={() => again.mutate(row.id)}
                    >
                      {t('webhooks.again')}
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </QueryView>
      {again.isError && <ErrorNote error={again.error} />}
    </section>
  )
}

/** What the last attempt came to, and when the next one is due. */
function Answer({ row: { attempts, nextAt, state } }: { row: Delivery }) {
  const { t } = useTranslation()
  const format = useFormat()
  const last = attempts.at(-1)
  const parts = [
    attempts.length > 1 ? t('webhooks.attempts', { n: attempts.length }) : null,
    last?.status ? `HTTP ${last.status}` : null,
    last?.error ?? null,
    state === 'waiting' && nextAt ? t('webhooks.nextAt', { at: format.time(nextAt) }) : null,
  ]
  return <>{parts.filter(Boolean).join(' · ')}</>
}
