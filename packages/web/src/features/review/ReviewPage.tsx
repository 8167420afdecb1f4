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
import { useMay } from '../../ui/useMay.ts'
import { HistoryPart } from './HistoryPart.tsx'
import { OutcomeTable } from './OutcomeTable.tsx'
import css from './review.module.css'
import { useMakeReview, verification } from './review.queries.ts'
import { type Pair, pairsOf } from './review.view.ts'
import { SittingPart } from './SittingPart.tsx'

export function ReviewPage() {
  const { t } = useTranslation()
  const sentence = useSentence()
  const reviews = useQuery(reads.reviews())
  const due = useQuery(reads.loop()).data?.reviewDue
  const may = useMay()
  const make = useMakeReview()
  return (
    <div className={ui.stack}>
      <PageHead
        title={t('phase.review')}
        lead={due ? <strong>{sentence(due.message)}</strong> : t('review.lead')}
        actions={
          may('review', 'create') && (
            <Button size="compact-sm" loading={make.isPending} onClick={() => make.mutate()}>
              {t('review.make')}
            </Button>
          )
        }
      />
      {make.isError && <ErrorNote error={make.error} />}
      <QueryView query={reviews} empty={t('review.none')}>
        {([newest, ...earlier]) => (
          <>
            {newest && <Newest review={newest} />}
            <HistoryPart />
            {earlier.length > 0 && (
              <Panel title={t('reviewing.earlier')}>
                {earlier.slice(0, EARLIER).map((review) => (
                  <details key={review.id}>
                    <summary>
                      <Name review={review} />
                    </summary>
                    <ReviewPart review={review} />
                  </details>
                ))}
              </Panel>
            )}
          </>
        )}
      </QueryView>
      <AuditLog />
    </div>
  )
}

const EARLIER = 20

function useCycle({ cycleId }: Review) {
  return useQuery(reads.cycles()).data?.find(({ id }) => id === cycleId)
}

function Name({ review }: { review: Review }) {
  const { t } = useTranslation()
  const format = useFormat()
  const cycle = useCycle(review)
  const name = cycle ? t('review.ofCycle', { n: cycle.number, name: cycle.name }) : t('phase.review')
  return (
    <>
      {name} <span className={ui.unit}>{format.dateTime(review.at)}</span>
    </>
  )
}

function Newest({ review }: { review: Review }) {
  const { t } = useTranslation()
  const cycle = useCycle(review)
  return (
    <>
      <Panel title={t('reviewing.outcomes')} aside={<Name review={review} />}>
        <OutcomeTable review={review} />
      </Panel>
      {/* what was chosen in a sitting belongs to its review */}
      <SittingPart key={review.id} review={review} closed={cycle?.state === 'closed'} />
      <Panel title={t('reviewing.told')}>
        <div className={ui.two}>
          <Told review={review} />
          <Pairs review={review} />
        </div>
      </Panel>
    </>
  )
}

function ReviewPart({ review }: { review: Review }) {
  const { t } = useTranslation()
  return (
    <div className={ui.two}>
      <section>
        <Told review={review} />
        <Pairs review={review} />
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
  )
}

/** The sentences of a review, the scores of its decisions, and what it learned of those who estimate. */
function Told({ review }: { review: Review }) {
  const { t } = useTranslation()
  const format = useFormat()
  const sentence = useSentence()
  const estimators = review.estimators ?? []
  return (
    <section>
      <ul>
        {review.changes.map((change) => (
          <li key={sentence(change)} className={ui.item}>
            {sentence(change)}
          </li>
        ))}
      </ul>
      {review.scores.length > 0 && <h3 className={css.part}>{t('reviewing.scores')}</h3>}
      {review.scores.map((score) => (
        <p key={score.decisionId} className={ui.note}>
          {score.title}: {t(`scoreRule.${score.rule}`)} {format.number(score.value)}
        </p>
      ))}
      {estimators.length > 0 && <h3 className={css.part}>{t('reviewing.estimators')}</h3>}
      {estimators.map(({ memberId, memberName, subject, factor, low, high, count }) => (
        <p key={`${memberId} ${subject}`} className={ui.note}>
          {t('reviewing.estimator', {
            ...{ name: memberName, subject: t(`subject.${subject}`), n: format.integer(count) },
            ...{ factor: format.number(factor), low: format.number(low), high: format.number(high) },
          })}
        </p>
      ))}
    </section>
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
