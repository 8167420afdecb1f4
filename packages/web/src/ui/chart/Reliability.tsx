/** @file A reliability diagram: how often predictions of a given confidence were right. */
import type { Evaluation } from '@capstan/api'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../useFormat.ts'
import { ChartFrame } from './ChartFrame.tsx'
import css from './chart.module.css'
import { linearScale } from './scale.ts'
import { useSize } from './useSize.ts'

export function Reliability({ calibration }: Pick<Evaluation, 'calibration'>) {
  const { t } = useTranslation()
  const format = useFormat()
  const [ref, available] = useSize(320)
  const side = Math.min(320, available)
  const x = linearScale([0, 1], [4, side - 40])
  const y = linearScale([0, 1], [side - 68, 8])
  const bins = calibration.bins.flatMap(({ confidence, accuracy, ...bin }) =>
    confidence === null || accuracy === null ? [] : [{ ...bin, confidence, accuracy }],
  )
  const most = Math.max(1, ...bins.map((bin) => bin.samples))
  return (
    <ChartFrame
      title={t('evaluations.reliability')}
      aside={t('evaluations.calibrationError', { error: format.percent(calibration.error, 2) })}
      note={t('evaluations.reliabilityNote')}
      table={{
        columns: [t('evaluations.confidence'), t('evaluations.right'), t('datasets.samples')],
        rows: bins.map((bin) => [
          `${format.percent(bin.low, 0)}–${format.percent(bin.high, 0)}`,
          format.percent(bin.accuracy, 1),
          format.integer(bin.samples),
        ]),
      }}
    >
      <div ref={ref} className={css.canvas}>
        <svg width={side} height={side - 24} role="img" aria-label={t('evaluations.reliability')}>
          {[0, 0.5, 1].map((tick) => (
            <g key={tick}>
              <line x1={x(0)} x2={x(1)} y1={y(tick)} y2={y(tick)} className={css.grid} />
              <text x={x(1) + 6} y={y(tick) + 4} className={css.tick}>
                {format.percent(tick, 0)}
              </text>
              <text
                x={x(tick)}
                y={y(0) + 40}
                textAnchor={tick === 0 ? 'start' : 'middle'}
                className={css.tick}
              >
                {format.percent(tick, 0)}
              </text>
            </g>
          ))}
          <line x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} className={css.target} />
          {bins.map((bin) => (
            <g key={bin.low}>
              <line
                x1={x(bin.confidence)}
                x2={x(bin.confidence)}
                y1={y(bin.confidence)}
                y2={y(bin.accuracy)}
                className={css.gap}
              />
              <circle cx={x(bin.confidence)} cy={y(bin.accuracy)} r="3.5" className={css.dot} />
              <rect
                x={x(bin.low) + 1}
                width={Math.max(1, x(bin.high) - x(bin.low) - 2)}
                y={y(0) + 24 - 20 * Math.sqrt(bin.samples / most)}
                height={20 * Math.sqrt(bin.samples / most)}
                className={css.bar}
              />
            </g>
          ))}
        </svg>
      </div>
    </ChartFrame>
  )
}
