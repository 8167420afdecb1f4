/** @file Endpoints: what is served, how fast it answers, how to call it, and a pad to try it. */
import type { Endpoint } from '@capstan/api'
import { CopyButton, UnstyledButton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { paths } from '../../paths.ts'
import { reads } from '../../server/reads.ts'
import { AppLink } from '../../ui/AppLink.tsx'
import { DataTable } from '../../ui/DataTable.tsx'
import { StateMark } from '../../ui/icons.tsx'
import { PageHead } from '../../ui/PageHead.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import { Facts } from '../../ui/Rows.tsx'
import ui from '../../ui/ui.module.css'
import { useAddressId } from '../../ui/useAddressId.ts'
import { useFormat } from '../../ui/useFormat.ts'
import css from './endpoints.module.css'
import { TryPart } from './TryPart.tsx'

export function EndpointsPage() {
  const { t } = useTranslation()
  const id = useAddressId()
  const endpoints = useQuery(reads.endpoints())
  return (
    <div className={ui.stack}>
      <PageHead title={t('nav.endpoints')} lead={t('endpoints.lead')} />
      <QueryView query={endpoints} empty={t('endpoints.none')}>
        {(list) => {
          const chosen = id ? list.filter((one) => one.id === id || one.name === id) : list
          if (chosen.length === 0) return <p className={ui.empty}>{t('common.notFound')}</p>
          return (
            <>
              {chosen.map((endpoint) => (
                <EndpointPart key={endpoint.id} endpoint={endpoint} />
              ))}
            </>
          )
        }}
      </QueryView>
    </div>
  )
}

function EndpointPart({ endpoint }: { endpoint: Endpoint }) {
  const { t } = useTranslation()
  const format = useFormat()
  const tones = { ready: 'good', loading: 'watch', failed: 'bad' } as const
  const state = t(`endpointState.${endpoint.state}`)
  return (
    <>
      <Panel
        title={endpoint.name}
        aside={
          <span className={ui.chip}>
            <StateMark tone={tones[endpoint.state]} label={state} />
            {state}
          </span>
        }
      >
        <div className={ui.stack}>
          {endpoint.error && <p>{endpoint.error}</p>}
          <Facts
            rows={[
              {
                key: 'version',
                label: t('endpoints.serves'),
                value: (
                  <AppLink href={paths.registry(endpoint.versionId)} className={ui.link}>
                    {t('registry.version', { name: endpoint.modelName, number: endpoint.versionNumber })}
                  </AppLink>
                ),
              },
              { key: 'requests', label: t('endpoints.requests'), value: format.integer(endpoint.requests) },
              { key: 'provider', label: t('endpoints.provider'), value: endpoint.provider },
              { key: 'since', label: t('endpoints.since'), value: format.dateTime(endpoint.createdAt) },
            ]}
          />
          <Windows endpoint={endpoint} />
        </div>
      </Panel>
      {endpoint.state === 'ready' && (
        <Panel title={t('try.title')} aside={t('try.aside')}>
          <TryPart model={endpoint.name} />
        </Panel>
      )}
      <Panel title={t('endpoints.call')}>
        <Call endpoint={endpoint} />
      </Panel>
    </>
  )
}

function Windows({ endpoint }: { endpoint: Endpoint }) {
  const { t } = useTranslation()
  const format = useFormat()
  const ms = (value: number) => `${format.number(value)} ms`
  if (endpoint.windows.length === 0) return <p className={ui.empty}>{t('endpoints.noWindows')}</p>
  return (
    <DataTable
      caption={t('endpoints.windows')}
      rows={endpoint.windows}
      keyOf={({ from, to }) => `${from}${to}`}
      columns={[
        {
          key: 'to',
          head: t('endpoints.window'),
          cell: ({ from, to }) => `${format.time(from)}–${format.time(to)}`,
        },
        {
          key: 'requests',
          head: t('endpoints.requests'),
          right: true,
          cell: (row) => format.integer(row.requests),
        },
        {
          key: 'errors',
          head: t('endpoints.errors'),
          right: true,
          cell: (row) => format.integer(row.errors),
        },
        { key: 'p50', head: 'p50', right: true, cell: (row) => ms(row.p50) },
        {
          key: 'p95',
          head: 'p95',
          right: true,
          cell: (row) => (
            <>
              {ms(row.p95)} <span className={ui.unit}>({row.interval.map(format.number).join('–')})</span>
            </>
          ),
        },
        { key: 'p99', head: 'p99', right: true, cell: (row) => ms(row.p99) },
      ]}
    />
  )
}

function Call({ endpoint }: { endpoint: Endpoint }) {
  const { t } = useTranslation()
  const address = `${location.origin}/v2/models/${endpoint.name}`
  const line = `curl -s ${address}/infer -H 'content-type: application/json' -d @request.json`
  return (
    <>
      <p className={ui.note}>{t('endpoints.callNote')}</p>
      <div className={css.call}>
        <code>{line}</code>
        <CopyButton value={line}>
          {({ copied, copy }) => (
            <UnstyledButton className={css.copy} onClick={copy}>
              {copied ? t('endpoints.copied') : t('endpoints.copy')}
            </UnstyledButton>
          )}
        </CopyButton>
      </div>
      <a href={`/v2/models/${endpoint.name}`} className={ui.link}>
        {t('endpoints.metadata')}
      </a>
    </>
  )
}
