/** @file One measure in full: what it asks, its history, its newest points with their evidence, its overrides. */
import type { Measure, MeasureOverride, Point } from '@capstan/api'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { evidencePath } from '../../paths.ts'
import { reads } from '../../server/reads.ts'
import { AppLink } from '../../ui/AppLink.tsx'
import { DataTable } from '../../ui/DataTable.tsx'
import { Figure } from '../../ui/Figure.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { QueryView } from '../../ui/QueryView.tsx'
import { Facts } from '../../ui/Rows.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat, useSentence } from '../../ui/useFormat.ts'
import { HistoryChart } from './HistoryChart.tsx'
import css from './measures.module.css'
import { useOverride, useTypePoint } from './measures.queries.ts'
import { SignForm } from './SignForm.tsx'
import { useQuestion } from './useQuestion.ts'
import { WithdrawForm } from './WithdrawForm.tsx'

const SHOWN = 30

export function MeasurePart({ id, all }: { id: string; all: readonly Measure[] }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const question = useQuestion(all)
  const query = useQuery(reads.measure(id))
  const points = useQuery(reads.points(id))
  const format = useFormat()
  return (
    <QueryView query={query}>
      {(measure) => (
        <>
          <Panel title={measure.name} aside={measure.key}>
            <p className={ui.note}>{question(measure)}</p>
            {measure.notice && <p className={ui.note}>{sentence(measure.notice)}</p>}
            <Facts
              rows={[
                {
                  key: 'direction',
                  label: t('measures.direction'),
                  value: t(`measures.better.${measure.direction}`),
                },
                {
                  key: 'stale',
                  label: t('measures.staleAfter'),
                  value: format.value(measure.staleAfterDays, 'day'),
                },
                ...(measure.hanging.length === 0
                  ? []
                  : [
                      {
                        key: 'hanging',
                        label: t('measures.hanging'),
                        value: measure.hanging
                          .map(({ noun, name }) => `${name} (${t(`measures.hangingNoun.${noun}`)})`)
                          .join(', '),
                      },
                    ]),
              ]}
            />
          </Panel>
          <QueryView query={points}>{(list) => <HistoryChart measure={measure} points={list} />}</QueryView>
          {points.data && points.data.length > 0 && (
            <Panel title={t('measures.points')}>
              <PointTable measure={measure} points={points.data.slice(-SHOWN).reverse()} />
            </Panel>
          )}
          <Signing measure={measure} />
          <OverrideList measure={measure} overrides={measure.overrides} />
        </>
      )}
    </QueryView>
  )
}

function PointTable({ measure, points }: { measure: Measure; points: readonly Point[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const nameOf = useMemberName()
  return (
    <DataTable
      caption={t('measures.points')}
      rows={points}
      keyOf={({ at, id, value }) => `${at} ${id ?? value}`}
      columns={[
        { key: 'at', head: t('measures.at'), cell: ({ at }) => format.dateTime(at) },
        {
          key: 'value',
          head: t('measures.value'),
          right: true,
          cell: ({ value, origin, evidence, override }) => {
            const { text, unit } = format.quantity(value, measure.unit)
            return (
              <>
                <Figure
                  value={text}
                  unit={unit}
                  origin={origin}
                  {...(origin === 'typed' && evidence.noun === 'member' ? { by: nameOf(evidence.id) } : {})}
                />
                {override?.replaced && (
                  <span className={css.instead}>{format.value(override.replaced.value, measure.unit)}</span>
                )}
              </>
            )
          },
        },
        {
          key: 'evidence',
          head: t('measures.restsOn'),
          cell: ({ evidence, facts }) => (
            <>
              {facts !== undefined && <span>{t('measures.facts', { n: format.integer(facts) })} </span>}
              <AppLink href={evidencePath(evidence)} className={ui.link}>
                {t(`evidence.${evidence.noun}`)}
              </AppLink>
              {evidence.note && <span className={ui.note}> {evidence.note}</span>}
            </>
          ),
        },
      ]}
    />
  )
}

function Signing({ measure }: { measure: Measure }) {
  const { t } = useTranslation()
  const typing = useTypePoint()
  const override = useOverride()
  const { source } = measure.query
  const computed = source === 'margin' || source === 'formula'
  return (
    <div className={ui.two}>
      {!computed && (
        <Panel title={t('measures.typePoint')}>
          <SignForm measure={measure} write={typing} action={t('measures.type')} />
        </Panel>
      )}
      <Panel title={t('measures.override')} aside={t('measures.overrideAside')}>
        <SignForm measure={measure} write={override} action={t('measures.save')} />
      </Panel>
    </div>
  )
}

function OverrideList({ measure, overrides }: { measure: Measure; overrides: readonly MeasureOverride[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const nameOf = useMemberName()
  if (overrides.length === 0) return null
  return (
    <Panel title={t('measures.overrides')}>
      {[...overrides].reverse().map((override) => {
        const { id, value, by, note, at, until, withdrawn } = override
        return (
          <div key={id} className={ui.item}>
            <Figure
              value={format.quantity(value, measure.unit).text}
              unit={format.quantity(value, measure.unit).unit}
              origin="typed"
              by={nameOf(by)}
            />
            <p>
              {note} · {format.dateTime(at)} ·{' '}
              {withdrawn
                ? t('measures.withdrawn', {
                    name: nameOf(withdrawn.by),
                    at: format.dateTime(withdrawn.at),
                    note: withdrawn.note,
                  })
                : until
                  ? t('measures.until', { at: format.dateTime(until) })
                  : t('measures.forever')}
            </p>
            {withdrawn === null && <WithdrawForm override={override} />}
          </div>
        )
      })}
    </Panel>
  )
}

/** A member's name; the person at this machine is the owner. */
function useMemberName(): (id: string) => string {
  const { t } = useTranslation()
  const members = useQuery(reads.members()).data ?? []
  return (id) => members.find((member) => member.id === id)?.name ?? (id === 'owner' ? t('role.owner') : id)
}
