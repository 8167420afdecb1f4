/** @file Members: who is here, who can sign in and as what, and which services are told of things. */
import { type Member, Role } from '@capstan/api'
import { Button, MultiSelect, PasswordInput, Select, TextInput } from '@mantine/core'
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
import { useMay } from '../../ui/useMay.ts'
import css from './access.module.css'
import {
  accessReads,
  useAccess,
  useAddMember,
  useFirstAccount,
  useInvite,
  usePutOut,
} from './access.queries.ts'
import { type MemberRow, memberRows } from './access.view.ts'
import { Webhooks } from './Webhooks.tsx'

export function MembersPage() {
  const { t } = useTranslation()
  const members = useQuery(reads.members())
  const accounts = useQuery(accessReads.accounts())
  const { data: session } = useQuery(reads.session())
  const manages = accounts.isSuccess
  const may = useMay()
  return (
    <div className={ui.stack}>
      <PageHead title={t('members.title')} lead={t('members.lead')} />
      <Panel title={t('members.title')}>
        <QueryView query={members} empty={t('members.empty')}>
          {(list) => <People rows={memberRows(list, accounts.data)} manages={manages} />}
        </QueryView>
        {manages && <AddMember />}
      </Panel>
      {session?.mode === 'single' && members.data && (
        <First owners={members.data.filter(({ roles }) => roles.includes('owner'))} />
      )}
      {may('webhooks', 'list') && <Webhooks />}
      <Panel title={t('members.whole')}>
        <p>{t('members.wholeLead')}</p>
        <Button component="a" href="/api/v1/workspace/export" download variant="default" size="xs">
          {t('members.export')}
        </Button>
      </Panel>
    </div>
  )
}

const useRoleNames = () => {
  const { t } = useTranslation()
  return Role.options.map((value) => ({ value, label: t(`role.${value}`) }))
}

function People({ rows, manages }: { rows: MemberRow[]; manages: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  const names = useRoleNames()
  const access = useAccess()
  const invite = useInvite()
  const putOut = usePutOut()
  const failed = [access, invite, putOut].find(({ isError }) => isError)
  const invited = rows.find(({ id }) => id === invite.variables)
  return (
    <>
      <DataTable
        caption={t('members.title')}
        rows={rows}
        keyOf={({ id }) => id}
        columns={[
          { key: 'name', head: t('members.name'), cell: ({ name }) => name },
          {
            key: 'roles',
            head: t('members.roles'),
            cell: ({ id, name, roles, revision }) =>
              manages ? (
                <MultiSelect
                  aria-label={`${t('members.roles')}: ${name}`}
                  data={names}
                  value={roles}
                  size="xs"
                  onChange={(chosen) => {
                    if (chosen.length > 0) access.mutate({ id, revision, roles: chosen as Member['roles'] })
                  }}
                />
              ) : (
                roles.map((role) => t(`role.${role}`)).join(', ')
              ),
          },
          {
            key: 'account',
            head: t('members.access'),
            cell: ({ account }) =>
              account === null
                ? ''
                : account.state === 'invited'
                  ? t('members.invited', { day: format.date(account.invitedUntil ?? '') })
                  : t(`members.${account.state}`),
          },
          {
            key: 'seen',
            head: t('members.seen'),
            cell: ({ account }) => (account?.seenAt ? format.dateTime(account.seenAt) : ''),
          },
          {
            key: 'actions',
            head: '',
            edge: true,
            cell: ({ id, revision, account }) =>
              account && (
                <div className={css.buttons}>
                  {account.state !== 'disabled' && (
                    <Button size="compact-xs" variant="default" onClick={() => invite.mutate(id)}>
                      {t(account.state === 'none' ? 'members.invite' : 'members.again')}
                    </Button>
                  )}
                  {account.state === 'active' && (
                    <Button size="compact-xs" variant="default" onClick={() => putOut.mutate(id)}>
                      {t('members.signOut')}
                    </Button>
                  )}
                  {account.state !== 'none' && (
                    <Button
                      size="compact-xs"
                      variant="default"
                      onClick={() => access.mutate({ id, revision, disabled: account.state !== 'disabled' })}
                    >
                      {t(account.state === 'disabled' ? 'members.enable' : 'members.disable')}
                    </Button>
                  )}
                </div>
              ),
          },
        ]}
      />
      {invite.data && invited && (
        <output>
          {t('members.code', { name: invited.name, day: format.date(invite.data.expiresAt) })}
          <code className={css.secret}>{invite.data.code}</code>
        </output>
      )}
      {failed && <ErrorNote error={failed.error} />}
    </>
  )
}

function AddMember() {
  const { t } = useTranslation()
  const names = useRoleNames()
  const [name, setName] = useState('')
  const [role, setRole] = useState<string | null>('engineer')
  const add = useAddMember()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate({ name, roles: [(role ?? 'engineer') as Role] }, { onSuccess: () => setName('') })
  }
  return (
    <form onSubmit={submit} className={css.row}>
      <TextInput
        label={t('members.name')}
        value={name}
        required
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Select label={t('members.roles')} data={names} value={role} onChange={setRole} allowDeselect={false} />
      <Button type="submit" variant="default" loading={add.isPending}>
        {t('members.add')}
      </Button>
      {add.isError && <ErrorNote error={add.error} />}
    </form>
  )
}

/** From then on everybody signs in. */
function First({ owners }: { owners: Member[] }) {
  const { t } = useTranslation()
  const [id, setId] = useState<string | null>(null)
  const [password, setPassword] = useState('')
  const write = useFirstAccount()
  const chosen = id ?? owners[0]?.id ?? null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (chosen !== null) write.mutate({ id: chosen, password }, { onSuccess: () => location.reload() })
  }
  return (
    <Panel title={t('members.firstGo')}>
      <p>{t('members.first')}</p>
      <form onSubmit={submit} className={css.row}>
        <Select
          label={t('role.owner')}
          data={owners.map((owner) => ({ value: owner.id, label: owner.name }))}
          value={chosen}
          onChange={setId}
          allowDeselect={false}
        />
        <PasswordInput
          label={t('members.firstPassword')}
          value={password}
          autoComplete="new-password"
          required
          w={320}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={chosen === null} loading={write.isPending}>
          {t('members.firstGo')}
        </Button>
      </form>
      {write.isError && <ErrorNote error={write.error} />}
    </Panel>
  )
}
