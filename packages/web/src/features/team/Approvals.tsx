/** @file Approvals with the votes cast, and a vote to cast as a member in a role. */
import type { Approval } from '@capstan/api'
import { Button, NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { paths } from '../../paths.ts'
import { reads } from '../../server/reads.ts'
import { useVote } from '../../server/writes.ts'
import { AppLink } from '../../ui/AppLink.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat, useSentence } from '../../ui/useFormat.ts'
import { useSpeakers } from '../../ui/useMay.ts'
import css from './team.module.css'
import { ballotsOf } from './team.view.ts'

export function Approvals() {
  const { t } = useTranslation()
  const approvals = useQuery(reads.approvals())
  return (
    <QueryView query={approvals} empty={t('team.noApprovals')}>
      {(list) => (
        <ul>
          {list.map((approval) => (
            <Item key={approval.id} approval={approval} />
          ))}
        </ul>
      )}
    </QueryView>
  )
}

function Item({ approval }: { approval: Approval }) {
  const { t } = useTranslation()
  const format = useFormat()
  const sentence = useSentence()
  const members = useQuery(reads.members()).data ?? []
  const versions = useQuery(reads.models()).data?.flatMap((model) => model.versions) ?? []
  const version = versions.find(({ id }) => id === approval.versionId)
  const name = (id: string) => members.find((member) => member.id === id)?.name ?? id
  return (
    <li className={ui.item}>
      <div className={ui.itemTitle}>
        {approval.decisionId !== null ? (
          <AppLink href={`${paths.team}#decision-${approval.decisionId}`} className={ui.link}>
            {approval.title}
          </AppLink>
        ) : approval.runId === null ? (
          <AppLink href={paths.registry(approval.versionId ?? undefined)} className={ui.link}>
            {version
              ? t('waiting.release', { name: version.modelName, number: version.number })
              : approval.title || t('waiting.releaseUnknown')}
          </AppLink>
        ) : (
          <AppLink href={paths.runs(approval.runId)} className={ui.link}>
            {t('waiting.budget')}
          </AppLink>
        )}{' '}
        <span className={ui.unit}>{t(`approvalState.${approval.state}`)}</span>
      </div>
      <p>
        {t('waiting.askedBy', { name: name(approval.requestedBy) })}{' '}
        {approval.missing && sentence(approval.missing)}
      </p>
      {approval.votes.map((vote) => (
        <p key={`${vote.memberId}-${vote.role}`}>
          {t('team.voteCast', {
            name: name(vote.memberId),
            role: t(`role.${vote.role}`),
            vote: t(`term.${vote.vote}`),
            at: format.dateTime(vote.at),
            origin: t(`originShort.${vote.origin}`),
          })}
          {vote.note && ` “${vote.note}”`}
        </p>
      ))}
      {approval.state === 'open' && <Ballot approval={approval} />}
    </li>
  )
}

function Ballot({ approval }: { approval: Approval }) {
  const { t } = useTranslation()
  const vote = useVote()
  const speakers = useSpeakers()
  const policy = useQuery(reads.policies()).data?.find(({ id }) => id === approval.policyId)
  const ballots = ballotsOf(approval, policy, speakers)
  const [chosen, choose] = useState(0)
  const ballot = ballots[chosen] ?? ballots[0]
  if (!ballot) return <p>{t('team.noBallot')}</p>
  const cast = (answer: 'approve' | 'reject') =>
    vote.mutate({ id: approval.id, memberId: ballot.member.id, role: ballot.role, vote: answer })
  return (
    <div className={ui.buttons}>
      <NativeSelect
        size="xs"
        className={css.voter}
        aria-label={t('team.voteAs')}
        value={String(ballots.indexOf(ballot))}
        onChange={(event) => choose(Number(event.currentTarget.value))}
        data={ballots.map(({ member, role }, i) => ({
          value: String(i),
          label: t('team.asRole', { name: member.name, role: t(`role.${role}`) }),
        }))}
      />
      <Button size="compact-sm" color="brass" disabled={vote.isPending} onClick={() => cast('approve')}>
        {t('team.approve')}
      </Button>
      <Button size="compact-sm" variant="default" disabled={vote.isPending} onClick={() => cast('reject')}>
        {t('team.reject')}
      </Button>
      {vote.isError && <ErrorNote error={vote.error} />}
    </div>
  )
}
