/** @file The learning curve of a run: faint raw loss, smoothed line, epochs, and validation accuracy above. */
import type { MetricPoint } from '@capstan/api'
import { type PointerEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../useFormat.ts'
import { ChartFrame } from './ChartFrame.tsx'
import css from './chart.module.css'
import { type Curve, type CurveRun, curveOf, nearest, thin } from './curve.view.ts'
import { linearScale, linePath, logScale, type Scale } from './scale.ts'
import { useSize } from './useSize.ts'

interface LearningCurveProps {
  title: ReactNode
  aside?: ReactNode
  points: readonly MetricPoint[]
  run: CurveRun
  live: boolean
  height?: number
}

const LEFT = 0
const STRIP = 46

export function LearningCurve({ title, aside, points, run, live, height = 232 }: LearningCurveProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const [ref, width] = useSize()
  const [hover, setHover] = useState<number | null>(null)
  const curve = curveOf(points, run)
  const right = width - 56
  const x = linearScale([0, curve.steps], [LEFT, right])
  const top = curve.validation.length > 0 ? STRIP + 14 : 12
  const y = lossScale(curve, [height - 22, top])
  const floor = height - 21
  const at = hover === null ? -1 : nearest(curve.smoothed, x.invert(hover))
  const follow = (event: PointerEvent<SVGSVGElement>) =>
    setHover(event.clientX - event.currentTarget.getBoundingClientRect().left)
  return (
    <ChartFrame
      title={title}
      aside={aside}
      table={{
        columns: [t('chart.epoch'), t('chart.validationLoss'), t('chart.validationAccuracy')],
        rows: curve.validation.map((v) => [v.epoch, format.loss(v.loss), format.percent(v.accuracy, 2)]),
      }}
    >
      <div ref={ref} className={css.canvas}>
        {curve.raw.length === 0 ? (
          <p className={css.waiting} style={{ height }}>
            {t('chart.noSteps')}
          </p>
        ) : (
          <svg
            width={width}
            height={height}
            role="img"
            aria-label={t('chart.curveLabel', {
              steps: format.integer(curve.raw.at(-1)![0]),
              loss: format.loss((curve.smoothed.at(-1) ?? curve.raw.at(-1)!)[1]),
            })}
            onPointerMove={follow}
            onPointerLeave={() => setHover(null)}
          >
            <Grid x={x} y={y} right={right} height={height} epochEnds={curve.epochEnds} />
            <path
              d={linePath(thin(curve.raw, 500).map(([s, v]) => [x(s), Math.min(y(v), floor)]))}
              className={css.raw}
            />
            <path
              d={linePath(thin(curve.smoothed, 500).map(([s, v]) => [x(s), y(v)]))}
              data-line="smoothed"
              className={css.line}
            />
            <ValidationLoss curve={curve} x={x} y={y} />
            <Validation curve={curve} x={x} />
            {at >= 0 ? (
              <Reading curve={curve} at={at} x={x} y={y} height={height} />
            ) : (
              <Now curve={curve} x={x} y={y} live={live} />
            )}
          </svg>
        )}
      </div>
    </ChartFrame>
  )
}

function lossScale(curve: Curve, range: [number, number]): Scale {
  const values = [...curve.smoothed.map(([, v]) => v), ...curve.validation.map((v) => v.loss)].filter(
    (v) => v > 0,
  )
  const low = Math.max(1e-6, Math.min(...values, 1) * 0.55)
  return logScale([low, Math.max(...values, low * 10)], range)
}

interface Axes {
  x: Scale
  y: Scale
}

function Grid({
  x,
  y,
  right,
  height,
  epochEnds,
}: Axes & { right: number; height: number; epochEnds: number[] }) {
  const format = useFormat()
  const { t } = useTranslation()
  const every = Math.max(1, Math.ceil(epochEnds.length / Math.max(2, right / 44)))
  return (
    <g>
      {y.ticks.map((tick) => (
        <g key={tick}>
          <line x1={LEFT} x2={right} y1={y(tick)} y2={y(tick)} className={css.grid} />
          <text x={right + 8} y={y(tick) + 4} className={css.tick}>
            {format.number(tick)}
          </text>
        </g>
      ))}
      <line x1={LEFT} x2={right} y1={height - 20} y2={height - 20} className={css.axis} />
      {epochEnds.map((end, i) => (
        <g key={end}>
          <line x1={x(end)} x2={x(end)} y1={height - 20} y2={height - 15} className={css.axis} />
          {(i + 1) % every === 0 && (
            <text
              x={(x(end) + x(epochEnds[i - 1] ?? 0)) / 2}
              y={height - 5}
              textAnchor="middle"
              className={css.tick}
            >
              {i + 1}
            </text>
          )}
        </g>
      ))}
      <text x={right + 8} y={height - 5} className={css.tick}>
        {t('chart.epoch')}
      </text>
    </g>
  )
}

/** Accuracy on the validation split after each epoch, on a strip of its own. */
function Validation({ curve, x }: { curve: Curve; x: Scale }) {
  const format = useFormat()
  const { t } = useTranslation()
  const { validation } = curve
  const last = validation.at(-1)
  if (!last) return null
  const values = validation.map((v) => v.accuracy)
  const y = linearScale(
    [Math.min(...values, Math.max(...values) - 0.002), Math.max(...values)],
    [STRIP - 4, 22],
  )
  return (
    <g>
      <path d={linePath(validation.map((v) => [x(v.step), y(v.accuracy)]))} className={css.thin} />
      {validation.map((v) => (
        <circle key={v.epoch} cx={x(v.step)} cy={y(v.accuracy)} r="2.5" className={css.dot} />
      ))}
      <text x={x(last.step) + 8} y={y(last.accuracy) + 4} className={css.label}>
        {format.percent(last.accuracy, 1)}
      </text>
      <text x={LEFT} y={10} className={css.tick}>
        {t('chart.validationAccuracy')}
      </text>
    </g>
  )
}

function ValidationLoss({ curve, x, y }: Axes & { curve: Curve }) {
  const { t } = useTranslation()
  const last = curve.validation.at(-1)
  return (
    <g>
      {curve.validation.map((v) => (
        <circle key={v.epoch} cx={x(v.step)} cy={y(v.loss)} r="2.5" className={css.ring} />
      ))}
      {last && curve.validation.length > 1 && (
        <text x={x(last.step) + 3} y={y(last.loss) - 8} textAnchor="end" className={css.tick}>
          {t('chart.validationLoss')}
        </text>
      )}
    </g>
  )
}

function Now({ curve, x, y, live }: Axes & { curve: Curve; live: boolean }) {
  const format = useFormat()
  // A finished run is labelled with the mean of its last epoch, the number that it reports everywhere.
  const [step, value] =
    (live ? undefined : curve.epochMeans.at(-1)) ?? curve.smoothed.at(-1) ?? curve.raw.at(-1)!
  return (
    <g>
      {live && <circle cx={x(step)} cy={y(value)} r="7" className={css.pulse} />}
      <circle cx={x(step)} cy={y(value)} r="3" className={live ? css.liveDot : css.dot} />
      <text
        x={x(step) - 6}
        y={y(value) + (curve.validation.length > 1 ? 18 : -9)}
        textAnchor="end"
        className={live ? css.liveLabel : css.label}
      >
        {format.loss(value)}
      </text>
    </g>
  )
}

function Reading({ curve, at, x, y, height }: Axes & { curve: Curve; at: number; height: number }) {
  const format = useFormat()
  const { t } = useTranslation()
  const [step, value] = curve.smoothed[at]!
  const px = x(step)
  const late = px > x(curve.steps) / 2
  return (
    <g pointerEvents="none">
      <line x1={px} x2={px} y1={12} y2={height - 20} className={css.cross} />
      <circle cx={px} cy={y(value)} r="3" className={css.dot} />
      <text x={px + (late ? -8 : 8)} y={STRIP + 18} textAnchor={late ? 'end' : 'start'} className={css.label}>
        {t('chart.stepReading', {
          step: format.integer(step),
          loss: format.loss(value),
          raw: format.loss(curve.raw[nearest(curve.raw, step)]![1]),
        })}
      </text>
    </g>
  )
}
