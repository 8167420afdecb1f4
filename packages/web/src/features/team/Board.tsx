/** @file The tasks by state; each can be moved. */
import type { Task } from '@capstan/api'
import { Button, NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { EvidenceLinks } from '../../ui/EvidenceLinks.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import { useFormat } from '../../ui/useFormat.ts'
import { Comments } from './Comments.tsx'
import css from './team.module.css'
import { useMoveTask } from './team.queries.ts'
import { columnsOf, placeBy } from './team.view.ts'

const states = ['todo', 'doing', 'blocked', 'review', 'done', 'dropped'] as const

export function Board() {
  const { t } = useTranslation()
  const tasks = useQuery(reads.tasks())
  return (
    <QueryView query={tasks} empty={t('team.noTasks')}>
      {(list) => (
        <div className={css.board}>
          {columnsOf(list).map((column) => (
            <section key={column.state} className={css.column}>
              <h3>
                {t(`term.${column.state}`)} <span>{column.tasks.length}</span>
              </h3>
              <ul>
                {column.tasks.map((task) => (
                  <Card key={task.id} task={task} column={column.tasks} all={list} />
                ))}
              </ul>
            </section>
          ))}
        </div>
      )}
    </QueryView>
  )
}

function Card({ task, column, all }: { task: Task; column: readonly Task[]; all: readonly Task[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const move = useMoveTask()
  const members = useQuery(reads.members()).data ?? []
  const [open, toggle] = useState(false)
  const waits = all.filter(({ id }) => task.dependsOn.includes(id)).map(({ title }) => title)
  const shift = (by: -1 | 1) => {
    const before = placeBy(column, task.id, by)
    if (before !== undefined) move.mutate({ id: task.id, before })
  }
  const assignee = members.find(({ id }) => id === task.assigneeId)?.name ?? t('team.nobody')
  return (
    <li className={css.card} id={`task-${task.id}`}>
      <div>{task.title}</div>
      <p>
        {assignee} · {format.value(task.estimateDays, 'day')}
        {task.due && ` · ${t('team.dueOn', { due: task.due })}`}
        {task.priority !== 'normal' && ` · ${t(`priority.${task.priority}`)}`}
      </p>
      {waits.length > 0 && <p>{t('team.after', { titles: waits.join(', ') })}</p>}
      <EvidenceLinks evidence={task.links} />
      <NativeSelect
        size="xs"
        w={128}
        aria-label={t('team.moveTask', { title: task.title })}
        value={task.state}
        disabled={move.isPending}
        onChange={(event) => move.mutate({ id: task.id, state: event.currentTarget.value as Task['state'] })}
        data={states.map((state) => ({ value: state, label: t(`term.${state}`) }))}
      />
      <div className={css.actions}>
        {([-1, 1] as const).map((by) => (
          <Button
            key={by}
            size="compact-xs"
            variant="subtle"
            aria-label={t(by < 0 ? 'team.earlier' : 'team.later', { title: task.title })}
            disabled={move.isPending || placeBy(column, task.id, by) === undefined}
            onClick={() => shift(by)}
          >
            {by < 0 ? '↑' : '↓'}
          </Button>
        ))}
        <Button size="compact-xs" variant="subtle" aria-expanded={open} onClick={() => toggle(!open)}>
          {t('team.comments')}
        </Button>
      </div>
      {open && task.description && <p className={css.description}>{task.description}</p>}
      {open && <Comments taskId={task.id} />}
      {move.isError && <ErrorNote error={move.error} />}
    </li>
  )
}
