/** @file The ways to every page, with how many of each noun there are. */
import type { Loop } from '@capstan/api'
import { useQuery } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { paths } from '../paths.ts'
import { reads } from '../server/reads.ts'
import { AppLink } from './AppLink.tsx'
import css from './frame.module.css'
import { useFormat } from './useFormat.ts'

type Count = { value: number; waits?: boolean } | null

const management = [
  ['strategy', paths.strategy, (loop: Loop): Count => ({ value: loop.keyResults.length })],
  ['resources', paths.resources, (): Count => null],
  [
    'team',
    paths.team,
    ({ approvals }: Loop): Count => waiting(approvals.filter((a) => a.state === 'open').length),
  ],
  ['risk', paths.risk, ({ indicators }: Loop): Count => waiting(indicators.filter(alarming).length)],
  ['review', paths.review, (loop: Loop): Count => waiting(loop.openProposals.length)],
] as const

const lifeCycle = [
  ['datasets', paths.datasets()],
  ['designs', paths.designs()],
  ['runs', paths.runs()],
  ['sweeps', paths.sweeps()],
  ['evaluations', paths.evaluations()],
  ['versions', paths.registry()],
  ['endpoints', paths.endpoints()],
] as const

const waiting = (value: number): Count => (value > 0 ? { value, waits: true } : null)
const alarming = ({ state }: Loop['indicators'][number]) => state === 'amber' || state === 'red'

export function Navigation() {
  const { t } = useTranslation()
  const { data: loop } = useQuery(reads.loop())
  const { data: session } = useQuery(reads.session())
  return (
    <nav className={css.nav} aria-label={t('frame.navigation')}>
      <Where loop={loop} />
      <Entry href={paths.loop} name={t('nav.loop')} count={null} />
      <Entry href={paths.measures()} name={t('nav.measures')} count={null} />
      <h2 className={css.group}>{t('nav.management')}</h2>
      {management.map(([name, href, count]) => (
        <Entry key={name} href={href} name={t(`nav.${name}`)} count={loop ? count(loop) : null} />
      ))}
      <h2 className={css.group}>{t('nav.lifeCycle')}</h2>
      {lifeCycle.map(([name, href]) => (
        <Entry
          key={name}
          href={href}
          name={t(`nav.${name}`)}
          count={loop && name !== 'sweeps' ? { value: loop.lifeCycle[name] } : null}
          live={name === 'runs' ? (loop?.lifeCycle.liveRuns ?? 0) : 0}
        />
      ))}
      <h2 className={css.group}>{t('nav.workspace')}</h2>
      <Entry href={paths.members} name={t('nav.members')} count={null} />
      {session?.member && <Entry href={paths.account} name={session.member.name} count={null} />}
    </nav>
  )
}

interface EntryProps {
  href: string
  name: string
  count: Count
  live?: number
}

function Entry({ href, name, count, live = 0 }: EntryProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const path = useLocation({ select: (location) => location.pathname })
  const here = href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`)
  return (
    <AppLink href={href} className={here ? css.here : css.entry}>
      <span>{name}</span>
      {live > 0 ? (
        <span className={css.waits}>{t('nav.live', { n: format.integer(live) })}</span>
      ) : (
        count && <span className={count.waits ? css.waits : css.count}>{format.integer(count.value)}</span>
      )}
    </AppLink>
  )
}

/** The workspace, and how far its cycle is. */
function Where({ loop }: { loop: Loop | undefined }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (!loop) return <div className={css.where} />
  const { cycle, workspace } = loop
  return (
    <div className={css.where}>
      <strong>{workspace.name}</strong>
      <span>
        {cycle
          ? t('nav.cycle', { n: cycle.number, from: format.day(cycle.start), to: format.day(cycle.end) })
          : t('nav.noCycle')}
      </span>
    </div>
  )
}
