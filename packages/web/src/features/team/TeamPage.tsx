/** @file Team: the board, approvals with votes, decisions with their outcome, and who is who. */
import { useTranslation } from 'react-i18next'
import { FormAction } from '../../ui/form/FormAction.tsx'
import { PageHead } from '../../ui/PageHead.tsx'
import { Panel } from '../../ui/Panel.tsx'
import ui from '../../ui/ui.module.css'
import { useMay } from '../../ui/useMay.ts'
import { Approvals } from './Approvals.tsx'
import { Board } from './Board.tsx'
import { DecisionForm } from './DecisionForm.tsx'
import { Decisions } from './Decisions.tsx'
import { Inbox } from './Inbox.tsx'
import { LoadPart } from './LoadPart.tsx'
import { Members } from './Members.tsx'
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
