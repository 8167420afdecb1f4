/** @file The tasks by state; each can be moved, changed and closed. */
import type { Task } from '@capstan/api'
import { Button, NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Fragment, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { EvidenceLinks } from '../../ui/EvidenceLinks.tsx'
import { FormAction } from '../../ui/form/FormAction.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import { useFormat } from '../../ui/useFormat.ts'
import { useMay } from '../../ui/useMay.ts'
import { Comments } from './Comments.tsx'
import { TaskDone } from './TaskDone.tsx'
import { TaskForm } from './TaskForm.tsx'
import { statesFrom } from './task.view.ts'
import css from './team.module.css'
import { useMoveTask } from './team.queries.ts'
import { columnsOf, placeBy } from './team.view.ts'

export function Board() {
  const { t } = useTranslation()
  const tasks = useQuery(reads.tasks())
  return (
    <QueryView query={tasks} empty={t('team.noTasks')}>
      {(list) => (
        <>
          <div className={css.board}>
            {columnsOf(list).map((column) => (
              <section key={column.state} className={css.column}>
                <h3>
                  {t(`term.${column.state}`)} <span>{column.tasks.length}</span>
                </h3>
                <Cards tasks={column.tasks} all={list} />
              </section>
            ))}
          </div>
          <Dropped all={list} />
        </>
      )}
    </QueryView>
  )
}

function Cards({ tasks, all }: { tasks: readonly Task[]; all: readonly Task[] }) {
  return (
    <ul>
      {tasks.map((task) => (
        <Card key={task.id} task={task} column={tasks} all={all} />
      ))}
    </ul>
  )
}

/** They take no room on the board, and can be taken up again. */
function Dropped({ all }: { all: readonly Task[] }) {
  const { t } = useTranslation()
  const dropped = all.filter(({ state }) => state === 'dropped')
  if (dropped.length === 0) return null
  return (
    <details className={css.dropped}>
      <summary>{t('taskForm.dropped', { n: dropped.length })}</summary>
      <Cards tasks={dropped} all={all} />
    </details>
  )
}

function Card({ task, column, all }: { task: Task; column: readonly Task[]; all: readonly Task[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const move = useMoveTask()
  const members = useQuery(reads.members()).data ?? []
  const may = useMay()
  const [open, toggle] = useState(false)
  const [closing, setClosing] = useState(false)
  const waits = all.filter(({ id }) => task.dependsOn.includes(id)).map(({ title }) => title)
  const shift = (by: -1 | 1) => {
    const before = placeBy(column, task.id, by)
    if (before !== undefined) move.mutate({ id: task.id, before })
  }
  const moveTo = (state: Task['state']) => {
    if (state === 'done') setClosing(true)
    else move.mutate({ id: task.id, state })
  }
  const assignee = members.find(({ id }) => id === task.assigneeId)?.name ?? t('team.nobody')
  return (
    <li className={css.card} id={`task-${task.id}`}>
      <div>{task.title}</div>
      <p>
        {[
          assignee,
          format.value(task.estimateDays, 'day'),
          ...(task.due ? [t('team.dueOn', { due: task.due })] : []),
          ...(task.priority === 'normal' ? [] : [t(`priority.${task.priority}`)]),
        ].map((part, i) => (
          <Fragment key={part}>
            {i > 0 && ' · '}
            <span className={css.whole}>{part}</span>
          </Fragment>
        ))}
      </p>
      {waits.length > 0 && <p>{t('team.after', { titles: waits.join(', ') })}</p>}
      <EvidenceLinks evidence={task.links} />
      {may('team', 'moveTask') && (
        <NativeSelect
          size="xs"
          w={128}
          aria-label={t('team.moveTask', { title: task.title })}
          value={task.state}
          disabled={move.isPending}
          onChange={(event) => moveTo(event.currentTarget.value as Task['state'])}
          data={statesFrom(task.state).map((state) => ({ value: state, label: t(`term.${state}`) }))}
        />
      )}
      <div className={css.actions}>
        {may('team', 'moveTask') &&
          ([-1, 1] as const).map((by) => (
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
        {may('team', 'editTask') && (
          <FormAction label={t('form.edit')} of={task.title} quiet>
            {(close) => <TaskForm task={task} onClose={close} />}
          </FormAction>
        )}
        <Button size="compact-xs" variant="subtle" aria-expanded={open} onClick={() => toggle(!open)}>
          {t('team.comments')}
        </Button>
      </div>
      {closing && <TaskDone task={task} onClose={() => setClosing(false)} />}
      {open && task.description && <p className={css.description}>{task.description}</p>}
      {open && <Comments taskId={task.id} />}
      {move.isError && <ErrorNote error={move.error} />}
    </li>
  )
}
