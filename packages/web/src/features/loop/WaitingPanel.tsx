/** @file What waits for a person: open approvals, and proposals to accept or reject. */
import type { Approval, Loop } from '@capstan/api'
import { useTranslation } from 'react-i18next'
import { paths } from '../../paths.ts'
import { AppLink } from '../../ui/AppLink.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { ProposalItem } from '../../ui/ProposalItem.tsx'
import ui from '../../ui/ui.module.css'
import { useSentence } from '../../ui/useFormat.ts'
import css from './loop.module.css'

/** The first page shows the foremost; the review page has them all. */
const SHOWN = 3

export function WaitingPanel({ loop }: { loop: Loop }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const approvals = loop.approvals.filter(({ state }) => state === 'open')
  const hidden = Math.max(0, loop.openProposals.length - SHOWN)
  const count = approvals.length + loop.openProposals.length + (loop.reviewDue ? 1 : 0)
  return (
    <Panel
      title={t('waiting.title')}
      aside={count > 0 ? <strong className={css.count}>{count}</strong> : undefined}
    >
      {count === 0 && (
        <p className={ui.empty}>
          {loop.workspace.firstTurn === 'turning' ? t('waiting.turning') : t('waiting.none')}
        </p>
      )}
      <ul>
        {loop.reviewDue && (
          <li className={ui.item}>
            <AppLink href={paths.review} className={ui.link}>
              {t('reviewing.due', { n: loop.cycle?.number ?? 0 })}
            </AppLink>
            <p>{sentence(loop.reviewDue.message)}</p>
          </li>
        )}
        {approvals.map((approval) => (
          <OpenApproval key={approval.id} approval={approval} loop={loop} />
        ))}
        {loop.openProposals.slice(0, SHOWN).map((proposal) => (
          <ProposalItem key={proposal.id} proposal={proposal} />
        ))}
      </ul>
      {hidden > 0 && (
        <p className={css.more}>
          <AppLink href={paths.review} className={ui.link}>
            {t('waiting.more', { n: hidden })}
          </AppLink>
        </p>
      )}
    </Panel>
  )
}

function OpenApproval({ approval, loop }: { approval: Approval; loop: Loop }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const version = loop.version?.id === approval.versionId ? loop.version : null
  const requester = loop.members.find(({ id }) => id === approval.requestedBy)?.name
  return (
    <li className={ui.item}>
      <AppLink href={`${paths.team}#approvals`} className={ui.link}>
        {approval.runId !== null
          ? t('waiting.budget')
          : version
            ? t('waiting.release', { name: version.modelName, number: version.number })
            : approval.title || t('waiting.releaseUnknown')}
      </AppLink>
      <p>
        {requester && t('waiting.askedBy', { name: requester })}{' '}
        {approval.missing && sentence(approval.missing)}
      </p>
    </li>
  )
}
