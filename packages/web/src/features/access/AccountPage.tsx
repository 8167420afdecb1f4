/** @file One's own account: sessions, password, API tokens. */
import { Button, Checkbox, NumberInput, PasswordInput, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { DataTable } from '../../ui/DataTable.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { PageHead } from '../../ui/PageHead.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import css from './access.module.css'
import {
  accessReads,
  useEndSession,
  useMakeToken,
  usePassword,
  useRevokeToken,
  useSignOut,
  useSignOutEverywhere,
} from './access.queries.ts'
import { agentName } from './access.view.ts'

export function AccountPage() {
  const { t } = useTranslation()
  const session = useQuery(reads.session())
  const signOut = useSignOut()
  return (
    <QueryView query={session}>
      {({ member }) =>
        member === null ? (
          <PageHead title={t('account.title')} lead={t('account.single')} />
        ) : (
          <div className={ui.stack}>
            <PageHead
              title={t('account.title')}
              lead={t('account.lead', {
                name: member.name,
                roles: member.roles.map((role) => t(`role.${role}`)).join(', '),
              })}
              actions={
                <Button
                  size="xs"
                  variant="default"
                  onClick={() => signOut.mutate(undefined, { onSuccess: () => location.reload() })}
                >
                  {t('account.signOut')}
                </Button>
              }
            />
            <Sessions />
            <Tokens />
            <Password />
          </div>
        )
      }
    </QueryView>
  )
}

function Sessions() {
  const { t } = useTranslation()
  const format = useFormat()
  const query = useQuery(accessReads.sessions())
  const end = useEndSession()
  const everywhere = useSignOutEverywhere()
  return (
    <Panel
      title={t('account.sessions')}
      aside={
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => everywhere.mutate(undefined, { onSuccess: () => location.reload() })}
        >
          {t('account.everywhere')}
        </Button>
      }
    >
      <QueryView query={query}>
        {(sessions) => (
          <DataTable
            caption={t('account.sessions')}
            rows={sessions}
            keyOf={({ id }) => id}
            columns={[
              { key: 'browser', head: t('account.browser'), cell: ({ agent }) => agentName(agent) },
              { key: 'from', head: t('account.from'), cell: ({ address }) => address },
              { key: 'since', head: t('account.since'), cell: ({ createdAt }) => format.dateTime(createdAt) },
              { key: 'ends', head: t('account.ends'), cell: ({ expiresAt }) => format.date(expiresAt) },
              {
                key: 'end',
                head: '',
                right: true,
                cell: ({ id, current }) =>
                  current ? (
                    t('account.here')
                  ) : (
                    <Button size="compact-xs" variant="default" onClick={() => end.mutate(id)}>
                      {t('account.end')}
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </QueryView>
      {end.isError && <ErrorNote error={end.error} />}
    </Panel>
  )
}

function Tokens() {
  const { t } = useTranslation()
  const format = useFormat()
  const query = useQuery(accessReads.tokens())
  const make = useMakeToken()
  const revoke = useRevokeToken()
  const [name, setName] = useState('')
  const [days, setDays] = useState<number | string>(90)
  const [readOnly, setReadOnly] = useState(false)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    make.mutate({ name, readOnly, days: Number(days) }, { onSuccess: () => setName('') })
  }
  return (
    <Panel title={t('account.tokens')}>
      <p>{t('account.tokensLead')}</p>
      <QueryView query={query} empty={t('account.noTokens')}>
        {(tokens) => (
          <DataTable
            caption={t('account.tokens')}
            rows={tokens}
            keyOf={({ id }) => id}
            columns={[
              { key: 'name', head: t('account.token'), cell: (token) => token.name },
              {
                key: 'role',
                head: t('account.role'),
                cell: (token) =>
                  token.readOnly
                    ? `${t(`role.${token.role}`)}, ${t('account.reads')}`
                    : t(`role.${token.role}`),
              },
              { key: 'ends', head: t('account.ends'), cell: ({ expiresAt }) => format.date(expiresAt) },
              {
                key: 'used',
                head: t('account.used'),
                cell: ({ usedAt }) => (usedAt ? format.dateTime(usedAt) : t('account.never')),
              },
              {
                key: 'revoke',
                head: '',
                right: true,
                cell: ({ id }) => (
                  <Button size="compact-xs" variant="default" onClick={() => revoke.mutate(id)}>
                    {t('account.revoke')}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </QueryView>
      <form onSubmit={submit} className={css.row}>
        <TextInput
          label={t('account.token')}
          value={name}
          required
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <NumberInput label={t('account.days')} min={1} max={366} value={days} onChange={setDays} w={96} />
        <Checkbox
          label={t('account.reads')}
          checked={readOnly}
          onChange={(event) => setReadOnly(event.currentTarget.checked)}
        />
        <Button type="submit" variant="default" loading={make.isPending}>
          {t('account.make')}
        </Button>
      </form>
      {make.data && (
        <output>
          <code className={css.secret}>{make.data.secret}</code>
          {t('account.once')}
        </output>
      )}
      {make.isError && <ErrorNote error={make.error} />}
    </Panel>
  )
}

function Password() {
  const { t } = useTranslation()
  const [current, setCurrent] = useState('')
  const [password, setPassword] = useState('')
  const write = usePassword()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    write.mutate(
      { current, password },
      {
        onSuccess: () => {
          setCurrent('')
          setPassword('')
        },
      },
    )
  }
  return (
    <Panel title={t('account.password')}>
      <form onSubmit={submit} className={css.row}>
        <PasswordInput
          label={t('account.current')}
          value={current}
          autoComplete="current-password"
          required
          w={240}
          onChange={(event) => setCurrent(event.currentTarget.value)}
        />
        <PasswordInput
          label={t('account.next')}
          value={password}
          autoComplete="new-password"
          required
          w={320}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={write.isPending}>
          {t('account.change')}
        </Button>
      </form>
      {write.isSuccess && <output>{t('account.changed')}</output>}
      {write.isError && <ErrorNote error={write.error} />}
    </Panel>
  )
}
