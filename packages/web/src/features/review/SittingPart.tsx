/** @file The proposals of the newest review: accept, change or reject each, see what the chosen ones make of the plan, apply them at once. */
import type { Proposal, Review } from '@capstan/api'
import { Button, Checkbox, SegmentedControl, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { EvidenceLinks } from '../../ui/EvidenceLinks.tsx'
import { Panel } from '../../ui/Panel.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat, useSentence } from '../../ui/useFormat.ts'
import { useMay } from '../../ui/useMay.ts'
import css from './review.module.css'
import { useDecideAll, whatIf } from './review.queries.ts'
import {
  askedOf,
  type Choice,
  type Chosen,
  decisionsOf,
  editOf,
  numberOf,
  type Sitting,
  untouched,
} from './sitting.view.ts'
import { WhatIfTable } from './WhatIfTable.tsx'

export function SittingPart({ review, closed }: { review: Review; closed: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [sitting, setSitting] = useState<Sitting>({})
  const [note, setNote] = useState('')
  const [next, setNext] = useState(true)
  const decides = useMay()('review', 'decideAll')
  const decide = useDecideAll()
  const opens = next && !closed ? 'next' : 'same'
  const asked = askedOf(review.proposals, sitting)
  const imagined = useQuery(whatIf(asked ?? [], opens))
  const decisions = decisionsOf(review.proposals, sitting, note)
  const open = review.proposals.filter(({ state }) => state === 'open')
  const choose = (id: string, chosen: Chosen) => setSitting({ ...sitting, [id]: chosen })
  const all = (choice: Choice) =>
    setSitting(Object.fromEntries(open.map(({ id }) => [id, { ...(sitting[id] ?? untouched), choice }])))
  // rejecting alone leaves the cycle as it is; nothing but the next cycle may be asked for, too
  const turns = next && !closed && (decisions?.length === 0 || (asked?.length ?? 0) > 0)
  const apply = () =>
    decisions &&
    decide.mutate({
      id: review.id,
      decisions,
      ...(turns ? { opens: 'next' as const } : { opens: 'same' as const }),
    })
  return (
    <Panel
      id="proposals"
      title={t('review.proposals')}
      aside={t('reviewing.openOf', {
        open: format.integer(open.length),
        n: format.integer(review.proposals.length),
      })}
    >
      <div className={css.sitting}>
        <div>
          {review.proposals.length === 0 && <p className={ui.empty}>{t('review.noProposals')}</p>}
          {decides && open.length > 1 && (
            <div className={css.all}>
              <Button size="compact-sm" variant="default" onClick={() => all('accept')}>
                {t('reviewing.acceptAll')}
              </Button>
              <Button size="compact-sm" variant="default" onClick={() => all('open')}>
                {t('reviewing.leaveAll')}
              </Button>
            </div>
          )}
          <ol>
            {review.proposals.map((proposal) => (
              <ChoiceItem
                key={proposal.id}
                proposal={proposal}
                chosen={sitting[proposal.id] ?? untouched}
                onChoose={decides ? (chosen) => choose(proposal.id, chosen) : null}
              />
            ))}
          </ol>
        </div>
        {decides && (
          <div className={css.aside}>
            <Panel title={t('reviewing.whatIf')} level={3}>
              {asked === null ? (
                <p className={ui.note}>{t('reviewing.wrongNumber')}</p>
              ) : asked.length === 0 ? (
                <p className={ui.empty}>{t('reviewing.chooseFirst')}</p>
              ) : imagined.isError ? (
                <ErrorNote error={imagined.error} />
              ) : imagined.data ? (
                <WhatIfTable found={imagined.data} />
              ) : (
                <p className={ui.loading}>{t('reviewing.thinking')}</p>
              )}
            </Panel>
            {(open.length > 0 || !closed) && (
              <div className={css.apply}>
                <TextInput
                  label={t('reviewing.note')}
                  size="xs"
                  value={note}
                  onChange={(event) => setNote(event.currentTarget.value)}
                />
                {closed ? (
                  <p className={ui.note}>{t('reviewing.closed')}</p>
                ) : (
                  <Checkbox
                    size="xs"
                    label={t('reviewing.openNext')}
                    checked={next}
                    onChange={(event) => setNext(event.currentTarget.checked)}
                  />
                )}
                <Button
                  size="compact-sm"
                  color="brass"
                  variant="filled"
                  loading={decide.isPending}
                  disabled={!decisions || (decisions.length === 0 && !turns)}
                  onClick={apply}
                >
                  {decisions?.length === 0 && turns
                    ? t('reviewing.turn')
                    : t('reviewing.apply', { n: format.integer(decisions?.length ?? 0) })}
                </Button>
                <p className={ui.note}>{t('reviewing.atOnce')}</p>
              </div>
            )}
            {decide.isError && <ErrorNote error={decide.error} />}
          </div>
        )}
      </div>
    </Panel>
  )
}

interface ChoiceProps {
  proposal: Proposal
  chosen: Chosen
  /** Null for who only reads. */
  onChoose: ((chosen: Chosen) => void) | null
}

function ChoiceItem({ proposal, chosen, onChoose }: ChoiceProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const sentence = useSentence()
  const number = numberOf(proposal.change)
  const title = sentence(proposal.title)
  return (
    <li className={ui.item} data-proposal={proposal.kind}>
      <div className={ui.itemTitle}>{title}</div>
      <p>{sentence(proposal.reason)}</p>
      <p className={ui.effect}>{sentence(proposal.effect)}</p>
      <Objectives proposal={proposal} />
      <EvidenceLinks evidence={proposal.evidence} />
      {proposal.state === 'open' && onChoose ? (
        <div className={ui.buttons}>
          <SegmentedControl
            size="xs"
            aria-label={t('reviewing.choice', { title })}
            value={chosen.choice}
            onChange={(choice) => onChoose({ ...chosen, choice: choice as Choice })}
            data={[
              { value: 'accept', label: t('proposal.accept') },
              { value: 'open', label: t('reviewing.leave') },
              { value: 'reject', label: t('proposal.reject') },
            ]}
          />
          {number && chosen.choice === 'accept' && (
            <TextInput
              size="xs"
              className={css.number}
              aria-label={t(`reviewing.number.${number.field}`)}
              leftSection={<span className={ui.unit}>{t(`reviewing.number.${number.field}`)}</span>}
              leftSectionWidth={72}
              placeholder={String(Number(number.value.toPrecision(6)))}
              value={chosen.number}
              error={editOf(proposal.change, chosen.number) === null}
              onChange={(event) => onChoose({ ...chosen, number: event.currentTarget.value })}
            />
          )}
        </div>
      ) : (
        <p>
          {t(`proposal.${proposal.state}`)}
          {proposal.decidedAt && ` · ${format.dateTime(proposal.decidedAt)}`}
          {proposal.note && ` · ${proposal.note}`}
        </p>
      )}
    </li>
  )
}

/** Objectives whose chance the proposal moves, and what that rests on. */
function Objectives({ proposal: { effects } }: { proposal: Proposal }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (effects === undefined) return null
  if (effects === null) return <p>{t('reviewing.needsOther')}</p>
  const moved = effects.objectives.filter(({ before, after }) => before !== after)
  if (moved.length === 0) return null
  const show = (chance: number | null) => (chance === null ? t('plan.unknown') : format.percent(chance))
  return (
    <ul className={css.objectives}>
      {moved.map(({ id, title, before, after }) => (
        <li key={id}>
          {title}{' '}
          <strong>
            {show(before)} → {show(after)}
          </strong>{' '}
          <span className={ui.unit}>{t(`reviewing.basis.${effects.basis}`)}</span>
        </li>
      ))}
    </ul>
  )
}
