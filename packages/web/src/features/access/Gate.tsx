/** @file Lets the pages show once it is clear who is there; else asks them to sign in. */
import { Button, PasswordInput, TextInput, UnstyledButton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { PageHead } from '../../ui/PageHead.tsx'
import { LanguageSwitch, ThemeSwitch } from '../../ui/switches.tsx'
import css from './access.module.css'
import { useAccept, useSignIn } from './access.queries.ts'

export function Gate({ children }: { children: ReactNode }) {
  const { data: session } = useQuery(reads.session())
  const closed = session?.mode === 'accounts' && session.via === null
  return closed ? <SignIn /> : children
}

/** Everything is read anew as whoever has come in. */
const enter = () => location.reload()

function SignIn() {
  const { t } = useTranslation()
  const [invited, setInvited] = useState(false)
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const signIn = useSignIn()
  const accept = useAccept()
  const write = invited ? accept : signIn
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (invited) accept.mutate({ code: code.trim(), password }, { onSuccess: enter })
    else signIn.mutate({ name, password }, { onSuccess: enter })
  }
  return (
    <main className={css.gate}>
      <PageHead title={t('signIn.title')} lead={t('signIn.lead')} />
      <form onSubmit={submit} className={css.fields}>
        {invited ? (
          <TextInput
            label={t('signIn.code')}
            value={code}
            autoComplete="off"
            required
            onChange={(event) => setCode(event.currentTarget.value)}
          />
        ) : (
          <TextInput
            label={t('signIn.name')}
            value={name}
            autoComplete="username"
            required
            onChange={(event) => setName(event.currentTarget.value)}
          />
        )}
        <PasswordInput
          label={t(invited ? 'signIn.choose' : 'signIn.password')}
          value={password}
          autoComplete={invited ? 'new-password' : 'current-password'}
          required
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {write.isError && <ErrorNote error={write.error} />}
        <Button type="submit" loading={write.isPending}>
          {t(invited ? 'signIn.accept' : 'signIn.go')}
        </Button>
        <UnstyledButton className={css.other} onClick={() => setInvited(!invited)}>
          {t(invited ? 'signIn.known' : 'signIn.invited')}
        </UnstyledButton>
      </form>
      <div className={css.switches}>
        <LanguageSwitch />
        <ThemeSwitch />
      </div>
    </main>
  )
}
