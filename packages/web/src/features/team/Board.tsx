/** @file The tasks by state; each can be moved. */
import type { Task } from '@capstan/api'
import { NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { EvidenceLinks } from '../../ui/EvidenceLinks.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import { useFormat } from '../../ui/useFormat.ts'
import css from './team.module.css'
import { useMoveTask } from './team.queries.ts'
import { columnsOf } from './team.view.ts'

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
                  <Card key={task.id} task={task} />
                ))}
              </ul>
            </section>
          ))}
        </div>
      )}
    </QueryView>
  )
}

function Card({ task }: { task: Task }) {
  const { t } = useTranslation()
  const format = useFormat()
  const move = useMoveTask()
  const members = useQuery(reads.members()).data ?? []
  const assignee = members.find(({ id }) => id === task.assigneeId)?.name ?? t('team.nobody')
  return (
    <li className={css.card}>
      <div>{task.title}</div>
      <p>
        {assignee} · {format.value(task.estimateDays, 'day')}
      </p>
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
      {move.isError && <ErrorNote error={move.error} />}
    </li>
  )
}
