/** @file What a member was told, read or not. */
import { Button, NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { AppLink } from '../../ui/AppLink.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat, useSentence } from '../../ui/useFormat.ts'
import { useSpeakers } from '../../ui/useMay.ts'
import { inboxOf, useReadAll } from './team.queries.ts'

export function Inbox() {
  const { t } = useTranslation()
  const members = useQuery(reads.members())
  const speakers = useSpeakers()
  const [chosen, choose] = useState('')
  return (
    <QueryView query={members} empty={t('team.noMembers')}>
      {() => {
        const memberId = chosen || speakers[0]?.id
        return (
          <>
            <NativeSelect
              size="xs"
              w={208}
              aria-label={t('team.inboxOf')}
              value={memberId ?? ''}
              onChange={(event) => choose(event.currentTarget.value)}
              data={speakers.map(({ id, name }) => ({ value: id, label: name }))}
            />
            {memberId && <Notices memberId={memberId} />}
          </>
        )
      }}
    </QueryView>
  )
}

function Notices({ memberId }: { memberId: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const sentence = useSentence()
  const inbox = useQuery(inboxOf(memberId))
  const read = useReadAll()
  return (
    <QueryView query={inbox}>
      {({ items, unread }) =>
        items.length === 0 ? (
          <p className={ui.empty}>{t('team.noNotices')}</p>
        ) : (
          <>
            <div className={ui.buttons}>
              <span>{t('team.unread', { count: unread })}</span>
              <Button
                size="compact-xs"
                variant="default"
                disabled={unread === 0 || read.isPending}
                onClick={() => read.mutate(memberId)}
              >
                {t('team.readAll')}
              </Button>
            </div>
            <ul>
              {items.map(({ id, page, message, at, readAt }) => (
                <li key={id} className={ui.item}>
                  <AppLink href={page} className={ui.link}>
                    {readAt === null ? <strong>{sentence(message)}</strong> : sentence(message)}
                  </AppLink>{' '}
                  <span className={ui.unit}>{format.dateTime(at)}</span>
                </li>
              ))}
            </ul>
            {read.isError && <ErrorNote error={read.error} />}
          </>
        )
      }
    </QueryView>
  )
}
