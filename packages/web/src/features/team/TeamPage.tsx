/** @file Team: the board, approvals with votes, decisions with their outcome, and who is who. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { DataTable } from '../../ui/DataTable.tsx'
import { FormAction } from '../../ui/form/FormAction.tsx'
import { PageHead } from '../../ui/PageHead.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import { useMay } from '../../ui/useMay.ts'
import { Approvals } from './Approvals.tsx'
import { Board } from './Board.tsx'
import { DecisionForm } from './DecisionForm.tsx'
import { Decisions } from './Decisions.tsx'
import { Inbox } from './Inbox.tsx'
import { LoadPart } from './LoadPart.tsx'
import { Policies } from './Policies.tsx'
import { TaskForm } from './TaskForm.tsx'

export function TeamPage() {
  const { t, i18n } = useTranslation()
  const may = useMay()
  const language = i18n.language.startsWith('zh') ? 'zh-CN' : 'en'
  const reportAddress = `/api/v1/report/document?format=html&language=${language}`
  return (
    <div className={ui.stack}>
      <PageHead title={t('phase.team')} lead={t('team.lead')} />
      <p>
        <a className={ui.link} href={reportAddress} target="_blank" rel="noopener">
          {t('team.report')}
        </a>
      </p>
      <Panel
        title={t('team.board')}
        aside={
          may('team', 'createTask') && (
            <FormAction label={t('taskForm.add')}>
              {(close) => <TaskForm task={null} onClose={close} />}
            </FormAction>
          )
        }
      >
        <Board />
      </Panel>
      <Panel title={t('team.approvals')} id="approvals">
        <Approvals />
        <Policies />
      </Panel>
      <Panel title={t('team.inbox')} id="inbox">
        <Inbox />
      </Panel>
      <Panel title={t('team.load')} id="load">
        <LoadPart />
      </Panel>
      <Panel
        title={t('team.decisions')}
        aside={
          may('team', 'decide') && (
            <FormAction label={t('decisionForm.add')}>
              {(close) => <DecisionForm onClose={close} />}
            </FormAction>
          )
        }
      >
        <Decisions />
      </Panel>
      <Panel title={t('team.members')} id="members">
        <Members />
      </Panel>
    </div>
  )
}

function Members() {
  const { t } = useTranslation()
  const format = useFormat()
  const members = useQuery(reads.members())
  const tasks = useQuery(reads.tasks()).data ?? []
  return (
    <QueryView query={members} empty={t('team.noMembers')}>
      {(rows) => (
        <DataTable
          caption={t('team.members')}
          rows={rows}
          keyOf={({ id }) => id}
          columns={[
            { key: 'name', head: t('team.name'), cell: ({ name }) => name },
            {
              key: 'roles',
              head: t('team.roles'),
              cell: ({ roles }) => roles.map((role) => t(`role.${role}`)).join(', '),
            },
            { key: 'skills', head: t('team.skills'), cell: ({ skills }) => skills.join(', ') },
            {
              key: 'days',
              head: t('team.days'),
              right: true,
              cell: ({ daysPerPeriod }) => format.number(daysPerPeriod),
            },
            {
              key: 'tasks',
              head: t('team.openTasks'),
              right: true,
              cell: ({ id }) =>
                tasks.filter(
                  (task) => task.assigneeId === id && task.state !== 'done' && task.state !== 'dropped',
                ).length,
            },
            { key: 'origin', head: t('common.origin'), cell: ({ origin }) => t(`originShort.${origin}`) },
          ]}
        />
      )}
    </QueryView>
  )
}
