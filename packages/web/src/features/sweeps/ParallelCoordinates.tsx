/** @file Parallel coordinates: an axis a parameter, a line a trial, the goal at the right. */
import type { SweepDetail } from '@capstan/api'
import { useTranslation } from 'react-i18next'
import { ChartFrame } from '../../ui/chart/ChartFrame.tsx'
import chart from '../../ui/chart/chart.module.css'
import { linePath, type XY } from '../../ui/chart/scale.ts'
import { useSize } from '../../ui/chart/useSize.ts'
import css from './sweeps.module.css'
import { parallel, ranked } from './sweeps.view.ts'

const HEIGHT = 260
const TOP = 36
const BOTTOM = 24
const SIDE = 56

export function ParallelCoordinates({ detail, show }: { detail: SweepDetail; show: (v: number) => string }) {
  const { t } = useTranslation()
  const [ref, available] = useSize(640)
  const { axes, lines } = parallel(detail, show)
  const width = Math.max(available, axes.length * 90)
  const x = (i: number) => SIDE + (i * (width - 2 * SIDE)) / Math.max(1, axes.length - 1)
  const y = (height: number) => HEIGHT - BOTTOM - height * (HEIGHT - TOP - BOTTOM)
  const names = Object.keys(detail.sweep.plan.space)
  return (
    <ChartFrame
      title={t('sweeps.parallel')}
      note={t('sweeps.parallelNote')}
      table={{
        columns: [t('sweeps.trial'), ...names, detail.sweep.plan.goal.metric],
        rows: ranked(detail).map((trial) => [
          trial.number,
          ...names.map((name) => String(trial.values[name] ?? '')),
          trial.value === null ? '' : show(trial.value),
        ]),
      }}
    >
      <div ref={ref} className={css.wide}>
        <svg width={width} height={HEIGHT} role="img" aria-label={t('sweeps.parallel')}>
          {lines.map(({ trial, heights, quality }) => {
            const points = heights.flatMap((h, i): XY[] => (h === null ? [] : [[x(i), y(h)]]))
            const best = trial.number === detail.sweep.best?.trial
            return (
              <path
                key={trial.number}
                d={linePath(points)}
                className={best ? css.bestLine : css.line}
                style={best ? undefined : { opacity: 0.15 + 0.6 * quality ** 2 }}
              >
                <title>{`${t('sweeps.trial')} ${trial.number}: ${show(trial.value!)}`}</title>
              </path>
            )
          })}
          {axes.map(({ name, ends }, i) => (
            <g key={name}>
              <line x1={x(i)} x2={x(i)} y1={y(0)} y2={y(1)} className={css.axis} />
              <text x={x(i)} y={14} textAnchor="middle" className={css.name}>
                {name}
              </text>
              <text x={x(i)} y={y(1) - 6} textAnchor="middle" className={chart.tick}>
                {ends[1]}
              </text>
              <text x={x(i)} y={y(0) + 16} textAnchor="middle" className={chart.tick}>
                {ends[0]}
              </text>
            </g>
          ))}
        </svg>
      </div>
    </ChartFrame>
  )
}
