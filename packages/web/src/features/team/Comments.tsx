/** @file Comments on a task, and one more in a member's name. */
import type { Comment } from '@capstan/api'
import { Button, NativeSelect, Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import { useSpeakers } from '../../ui/useMay.ts'
import { Written } from '../../ui/Written.tsx'
import { commentsOn, useComment, useRemoveComment } from './team.queries.ts'

export function Comments({ taskId }: { taskId: string }) {
  const { t } = useTranslation()
  const comments = useQuery(commentsOn(taskId))
  const members = useSpeakers()
  const say = useComment()
  const [text, write] = useState('')
  const [author, choose] = useState('')
  const authorId = author || members[0]?.id
  const send = () => {
    if (authorId) say.mutate({ taskId, authorId, text }, { onSuccess: () => write('') })
  }
  return (
    <div>
      <QueryView query={comments} empty={t('team.noComments')}>
        {(list) => (
          <ul>
            {list.map((comment) => (
              <Said key={comment.id} comment={comment} />
            ))}
          </ul>
        )}
      </QueryView>
      <Textarea
        size="xs"
        autosize
        minRows={2}
        value={text}
        aria-label={t('team.comment')}
        placeholder={t('team.commentHint')}
        onChange={(event) => write(event.currentTarget.value)}
      />
      <div className={ui.buttons}>
        <NativeSelect
          size="xs"
          aria-label={t('team.commentAs')}
          value={authorId ?? ''}
          onChange={(event) => choose(event.currentTarget.value)}
          data={members.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <Button size="compact-sm" disabled={say.isPending || text.trim() === '' || !authorId} onClick={send}>
          {t('team.send')}
        </Button>
      </div>
      {say.isError && <ErrorNote error={say.error} />}
    </div>
  )
}

function Said({ comment }: { comment: Comment }) {
  const { t } = useTranslation()
  const format = useFormat()
  const remove = useRemoveComment()
  const own = useSpeakers().some(({ id }) => id === comment.authorId)
  const author = useQuery(reads.members()).data?.find(({ id }) => id === comment.authorId)?.name
  return (
    <li className={ui.item}>
      <p className={ui.note}>
        {author ?? comment.authorId} · {format.dateTime(comment.createdAt)}
        {comment.editedAt && ` · ${t('team.edited')}`}{' '}
        {own && (
          <Button size="compact-xs" variant="subtle" onClick={() => remove.mutate(comment.id)}>
            {t('team.remove')}
          </Button>
        )}
      </p>
      <Written html={comment.html} />
      {remove.isError && <ErrorNote error={remove.error} />}
    </li>
  )
}
