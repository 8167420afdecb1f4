/** @file The capstan seen from above: phases around the life cycle, turning one notch as a phase completes. */
import type { Loop } from '@capstan/api'
import { useTranslation } from 'react-i18next'
import { paths } from '../../paths.ts'
import { AppLink } from '../../ui/AppLink.tsx'
import { useFormat } from '../../ui/useFormat.ts'
import { Hub } from './WheelHub.tsx'
import css from './wheel.module.css'
import {
  arcPath,
  type LifeCycleStep,
  type PhaseKey,
  phaseArcs,
  phaseNames,
  point,
  ratchetPath,
  ringPath,
  type Sector,
  sectorsOf,
  turnOf,
} from './wheel.view.ts'

const HUB = 84
const DRUM = [90, 150] as const
const RATCHET = [156, 161] as const
const RIM = [174, 210] as const
const BAR = [161, 232] as const

const phasePaths = {
  strategy: paths.strategy,
  resources: paths.resources,
  team: paths.team,
  risk: paths.risk,
} satisfies Record<PhaseKey, string>

const stepPaths = {
  data: paths.datasets(),
  design: paths.designs(),
  run: paths.runs(),
  evaluate: paths.evaluations(),
  register: paths.registry(),
  serve: paths.endpoints(),
} satisfies Record<LifeCycleStep, string>

export function Wheel({ loop }: { loop: Loop }) {
  const { t } = useTranslation()
  const turn = turnOf(loop.phases, loop.cycle?.number ?? 1)
  return (
    <nav aria-label={t('wheel.label')}>
      {/* biome-ignore lint/a11y/noSvgWithoutTitle: a group of links, each with its own label */}
      <svg className={css.wheel} viewBox="-242 -270 484 512">
        <circle r={RIM[1] + 6} className={css.hairline} />
        <circle r={RIM[0] - 6} className={css.hairline} />
        {phaseNames.map((name) => (
          <Phase key={name} name={name} state={loop.phases[name]} />
        ))}
        <Review state={loop.phases.review} />
        <g className={css.rotor} style={{ transform: `rotate(${turn}deg)` }} data-turn={turn}>
          <path d={ratchetPath(RATCHET[0], RATCHET[1], 96)} className={css.ratchet} />
          {[90, 180, 270, 0].map((angle) => (
            <g key={angle} transform={`rotate(${angle})`} className={angle === 0 ? css.lead : css.bar}>
              <path d={`M-3.4 ${-BAR[0]}L-2.2 ${-BAR[1]}A2.2 2.2 0 0 1 2.2 ${-BAR[1]}L3.4 ${-BAR[0]}Z`} />
              <circle cy={-BAR[1]} r={angle === 0 ? 5 : 3.6} />
            </g>
          ))}
        </g>
        {sectorsOf(loop).map((sector, i) => (
          <DrumSector key={sector.step} sector={sector} middle={i * 60} />
        ))}
        <Hub loop={loop} radius={HUB} />
      </svg>
    </nav>
  )
}

function Phase({ name, state }: { name: PhaseKey; state: Loop['phases'][PhaseKey] }) {
  const { t } = useTranslation()
  const [from, to] = phaseArcs[name]
  const middle = (from + to) / 2
  const lower = middle > 90 && middle < 270
  const id = `phase-${name}`
  const label = `${t(`phase.${name}`)}: ${t(`phaseState.${state}`)}`
  const [cx, cy] = point((RIM[0] + RIM[1]) / 2, lower ? from + 7 : to - 7)
  return (
    <AppLink href={phasePaths[name]} label={label} className={css.phaseLink}>
      <path d={ringPath(RIM[0], RIM[1], from, to)} className={css.phase} data-state={state} />
      <path id={id} d={arcPath(lower ? 197 : 187.5, from, to, lower)} fill="none" />
      <text className={css.phaseName} data-state={state}>
        <textPath href={`#${id}`} startOffset="50%" textAnchor="middle">
          {t(`phase.${name}`)}
        </textPath>
      </text>
      {state === 'done' && <path d={`M${cx - 4.5} ${cy}l3.2 3.4 5.8-6.8`} className={css.tick} />}
    </AppLink>
  )
}

/** The notch at the top, into which the leading bar falls. */
function Review({ state }: { state: Loop['phases']['review'] }) {
  const { t } = useTranslation()
  return (
    <AppLink
      href={paths.review}
      label={`${t('phase.review')}: ${t(`phaseState.${state}`)}`}
      className={css.phaseLink}
    >
      <path d="M-13-224V-238A13 13 0 0 1 13-238V-224" className={css.notch} data-state={state} />
      <text y={-259} className={css.reviewName} data-state={state}>
        {t('phase.review')}
        <tspan className={css.reviewState}>{` · ${t(`phaseState.${state}`)}`}</tspan>
      </text>
    </AppLink>
  )
}

function DrumSector({ sector, middle }: { sector: Sector; middle: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { step, count, progress } = sector
  const live = progress !== null
  const [x, y] = point(120, middle)
  const value = live ? format.percent(progress, 0) : format.integer(count)
  const name = t(`lifeCycle.${step}`)
  return (
    <AppLink
      href={stepPaths[step]}
      className={css.sectorLink}
      label={live ? t('wheel.live', { name, share: value }) : t('wheel.count', { name, n: value })}
    >
      <path
        d={ringPath(DRUM[0], DRUM[1], middle - 29.2, middle + 29.2)}
        className={css.sector}
        data-live={live}
      />
      {live && (
        <path
          d={arcPath(DRUM[1] - 2.5, middle - 28, middle - 28 + 56 * Math.max(0.01, progress))}
          className={css.progress}
        />
      )}
      <text x={x} y={y - 5} className={css.sectorName}>
        {name}
      </text>
      <text x={x} y={y + 14} className={css.sectorValue} data-live={live} data-empty={count === 0 && !live}>
        {value}
      </text>
    </AppLink>
  )
}
