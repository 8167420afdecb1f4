/** @file Team: the board, approvals with votes, decisions with their outcome, and who is who. */
import type { Decision } from '@capstan/api'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { DataTable } from '../../ui/DataTable.tsx'
import { PageHead } from '../../ui/PageHead.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat, useSentence } from '../../ui/useFormat.ts'
import { Approvals } from './Approvals.tsx'
import { Board } from './Board.tsx'
import { Inbox } from './Inbox.tsx'
import { LoadPart } from './LoadPart.tsx'

export function TeamPage() {
  const { t, i18n } = useTranslation()
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
      <Panel title={t('team.board')}>
        <Board />
      </Panel>
      <Panel title={t('team.approvals')} id="approvals">
        <Approvals />
      </Panel>
      <Panel title={t('team.inbox')} id="inbox">
        <Inbox />
      </Panel>
      <Panel title={t('team.load')} id="load">
        <LoadPart />
      </Panel>
      <Panel title={t('team.decisions')}>
        <Decisions />
      </Panel>
      <Panel title={t('team.members')} id="members">
        <Members />
      </Panel>
    </div>
  )
}

function Decisions() {
  const { t } = useTranslation()
  const format = useFormat()
  const sentence = useSentence()
  const decisions = useQuery(reads.decisions())
  return (
    <QueryView query={decisions} empty={t('team.noDecisions')}>
      {(rows) => (
        <DataTable
          caption={t('team.decisions')}
          rows={rows}
          keyOf={({ id }) => id}
          anchor="decision"
          columns={[
            {
              key: 'title',
              head: t('team.decision'),
              cell: (row) => (
                <>
                  {row.title}
                  <div className={ui.note}>{sentence(row.reason)}</div>
                </>
              ),
            },
            { key: 'chosen', head: t('team.chosen'), cell: ({ chosen }) => chosen },
            { key: 'expected', head: t('team.expected'), right: true, cell: (row) => <Expected row={row} /> },
            { key: 'outcome', head: t('team.outcome'), right: true, cell: (row) => <Outcome row={row} /> },
            {
              key: 'score',
              head: t('team.score'),
              right: true,
              cell: ({ score }) =>
                score ? `${t(`scoreRule.${score.rule}`)} ${format.number(score.value)}` : '',
            },
          ]}
        />
      )}
    </QueryView>
  )
}

function Expected({ row: { expectation } }: { row: Decision }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (!expectation) return t('common.none')
  if (expectation.chance !== undefined) return format.percent(expectation.chance)
  if (expectation.low === undefined || expectation.high === undefined) return t('common.none')
  return `${format.number(expectation.low)}–${format.number(expectation.high)}`
}

function Outcome({ row: { outcome } }: { row: Decision }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (!outcome) return t('team.openOutcome')
  if (outcome.value !== undefined) return format.number(outcome.value)
  return outcome.met ? t('keyResultState.met') : t('keyResultState.missed')
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
