/** @file Review: what the turn taught, its proposals, the reviews before it, and the whole audit log. */
import type { Review } from '@capstan/api'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { activityPath } from '../../paths.ts'
import { reads } from '../../server/reads.ts'
import { AppLink } from '../../ui/AppLink.tsx'
import { DataTable } from '../../ui/DataTable.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { PageHead } from '../../ui/PageHead.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { ProposalItem } from '../../ui/ProposalItem.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat, useSentence } from '../../ui/useFormat.ts'
import { useMakeReview, verification } from './review.queries.ts'
import { type Pair, pairsOf } from './review.view.ts'

export function ReviewPage() {
  const { t } = useTranslation()
  const reviews = useQuery(reads.reviews())
  const make = useMakeReview()
  return (
    <div className={ui.stack}>
      <PageHead
        title={t('phase.review')}
        lead={t('review.lead')}
        actions={
          <Button size="compact-sm" loading={make.isPending} onClick={() => make.mutate()}>
            {t('review.make')}
          </Button>
        }
      />
      {make.isError && <ErrorNote error={make.error} />}
      <QueryView query={reviews} empty={t('review.none')}>
        {(list) => (
          <>
            {list.map((review, i) => (
              <ReviewPart key={review.id} review={review} newest={i === 0} />
            ))}
          </>
        )}
      </QueryView>
      <AuditLog />
    </div>
  )
}

function ReviewPart({ review, newest }: { review: Review; newest: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  const sentence = useSentence()
  const cycle = useQuery(reads.cycles()).data?.find(({ id }) => id === review.cycleId)
  return (
    <Panel
      title={cycle ? t('review.ofCycle', { n: cycle.number, name: cycle.name }) : t('phase.review')}
      aside={`${newest ? `${t('review.newest')} · ` : ''}${format.dateTime(review.at)}`}
    >
      <div className={ui.two}>
        <section>
          <ul>
            {review.changes.map((change) => (
              <li key={sentence(change)} className={ui.item}>
                {sentence(change)}
              </li>
            ))}
          </ul>
          <Pairs review={review} />
          {review.scores.map((score) => (
            <p key={score.decisionId} className={ui.note}>
              {score.title}: {t(`scoreRule.${score.rule}`)} {format.number(score.value)}
            </p>
          ))}
        </section>
        <section>
          <h3 className="visually-hidden">{t('review.proposals')}</h3>
          {review.proposals.length === 0 && <p className={ui.empty}>{t('review.noProposals')}</p>}
          <ul>
            {review.proposals.map((proposal) => (
              <ProposalItem key={proposal.id} proposal={proposal} />
            ))}
          </ul>
        </section>
      </div>
    </Panel>
  )
}

function Pairs({ review }: { review: Review }) {
  const { t } = useTranslation()
  const format = useFormat()
  const show = ({ kind }: Pair, value: number | null) => {
    if (value === null) return t('plan.unknown')
    if (kind === 'loss' || kind === 'badYear') return format.money(value)
    return kind === 'frequency' ? format.number(value) : format.percent(value)
  }
  const label = ({ kind, name }: Pair) => {
    if (kind === 'objective') return t('plan.chance')
    if (kind === 'loss' || kind === 'badYear') return t(`plan.${kind}`)
    return t(`pair.${kind}`, { name })
  }
  return (
    <DataTable
      caption={t('plan.title')}
      rows={pairsOf(review)}
      keyOf={({ key, kind }) => `${kind}-${key}`}
      columns={[
        { key: 'what', head: '', cell: label },
        { key: 'before', head: t('plan.before'), right: true, cell: (pair) => show(pair, pair.before) },
        { key: 'after', head: t('review.after'), right: true, cell: (pair) => show(pair, pair.after) },
      ]}
    />
  )
}

function AuditLog() {
  const { t } = useTranslation()
  const format = useFormat()
  const activity = useQuery(reads.activity(40))
  const chain = useQuery(verification()).data
  const members = useQuery(reads.members()).data ?? []
  const name = (actor: string) => members.find(({ id }) => id === actor)?.name ?? actor
  const aside =
    chain &&
    (chain.intact
      ? t('review.intact', { n: format.integer(chain.entries) })
      : t('review.broken', { at: format.integer(chain.brokenAt ?? 0) }))
  return (
    <Panel title={t('review.log')} aside={aside}>
      <QueryView query={activity} empty={t('moved.none')}>
        {(rows) => (
          <DataTable
            caption={t('review.log')}
            rows={rows}
            keyOf={({ seq }) => String(seq)}
            columns={[
              { key: 'seq', head: t('review.entry'), right: true, cell: ({ seq }) => seq },
              { key: 'at', head: t('common.when'), cell: ({ at }) => format.dateTime(at) },
              { key: 'actor', head: t('review.actor'), cell: ({ actor }) => name(actor) },
              {
                key: 'kind',
                head: t('review.change'),
                cell: ({ kind, noun, id }) => {
                  const href = activityPath(noun, id)
                  return href ? (
                    <AppLink href={href} className={ui.link}>
                      {kind}
                    </AppLink>
                  ) : (
                    kind
                  )
                },
              },
            ]}
          />
        )}
      </QueryView>
    </Panel>
  )
}
