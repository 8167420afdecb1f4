/** @file What each trial reached, and the best so far. */
import type { SweepDetail } from '@capstan/api'
import { useTranslation } from 'react-i18next'
import { ChartFrame } from '../../ui/chart/ChartFrame.tsx'
import chart from '../../ui/chart/chart.module.css'
import { linearScale, linePath, type XY } from '../../ui/chart/scale.ts'
import { useSize } from '../../ui/chart/useSize.ts'
import css from './sweeps.module.css'
import { bestSoFar } from './sweeps.view.ts'

const HEIGHT = 200

export function BestSoFar({ detail, show }: { detail: SweepDetail; show: (v: number) => string }) {
  const { t } = useTranslation()
  const [ref, width] = useSize(480)
  const points = bestSoFar(detail)
  if (points.length === 0) return null
  const values = points.map(({ value }) => value).sort((a, b) => a - b)
  const x = linearScale([0, Math.max(1, points.at(-1)!.trial)], [8, width - 64])
  const y = linearScale([values[0]!, values.at(-1)!], [HEIGHT - 24, 12])
  const steps = points.flatMap(({ trial, best }, i): XY[] => [
    ...(i > 0 ? [[x(trial), y(points[i - 1]!.best)] as XY] : []),
    [x(trial), y(best)],
  ])
  return (
    <ChartFrame
      title={t('sweeps.bestSoFar')}
      table={{
        columns: [t('sweeps.trial'), detail.sweep.plan.goal.metric, t('sweeps.best')],
        rows: points.map(({ trial, value, best }) => [trial, show(value), show(best)]),
      }}
    >
      <div ref={ref} className={chart.canvas}>
        <svg width={width} height={HEIGHT} role="img" aria-label={t('sweeps.bestSoFar')}>
          {y.ticks.map((tick) => (
            <g key={tick}>
              <line x1={8} x2={width - 64} y1={y(tick)} y2={y(tick)} className={chart.grid} />
              <text x={width - 58} y={y(tick) + 4} className={chart.tick}>
                {show(tick)}
              </text>
            </g>
          ))}
          {points.map(({ trial, value }) => (
            <circle key={trial} cx={x(trial)} cy={y(value)} r={3} className={css.dot} />
          ))}
          <path d={linePath(steps)} className={css.bestLine} />
        </svg>
      </div>
    </ChartFrame>
  )
}
