/** @file A proposal with its reason, its effect and its evidence; who may decides open ones here. */
import type { Proposal } from '@capstan/api'
import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useDecideProposal } from '../server/writes.ts'
import { ErrorNote } from './ErrorNote.tsx'
import { EvidenceLinks } from './EvidenceLinks.tsx'
import css from './ui.module.css'
import { useFormat, useSentence } from './useFormat.ts'
import { useMay } from './useMay.ts'

export function ProposalItem({ proposal }: { proposal: Proposal }) {
  const { t } = useTranslation()
  const format = useFormat()
  const sentence = useSentence()
  const may = useMay()
  const decide = useDecideProposal()
  const answer = (decision: 'accept' | 'reject') => decide.mutate({ id: proposal.id, decision })
  return (
    <li className={css.item} data-proposal={proposal.kind}>
      <div className={css.itemTitle}>{sentence(proposal.title)}</div>
      <p>{sentence(proposal.reason)}</p>
      <p className={css.effect}>{sentence(proposal.effect)}</p>
      <EvidenceLinks evidence={proposal.evidence} />
      {proposal.state === 'open' && may('review', 'decide') ? (
        <div className={css.buttons}>
          <Button
            size="compact-sm"
            color="brass"
            variant="filled"
            loading={decide.isPending && decide.variables?.decision === 'accept'}
            disabled={decide.isPending}
            onClick={() => answer('accept')}
          >
            {t('proposal.accept')}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            disabled={decide.isPending}
            onClick={() => answer('reject')}
          >
            {t('proposal.reject')}
          </Button>
        </div>
      ) : (
        <p>
          {t(`proposal.${proposal.state}`)}
          {proposal.decidedAt && ` · ${format.dateTime(proposal.decidedAt)}`}
        </p>
      )}
      {decide.isError && <ErrorNote error={decide.error} />}
    </li>
  )
}
