/** @file One metric of a run or of several as curves, thinned by the server, over steps, time or the clock. */
import type { CurveBuckets, MetricValue, TrackedRun } from '@capstan/api'
import { SegmentedControl, Select, Slider, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { ChartFrame } from '../../ui/chart/ChartFrame.tsx'
import chart from '../../ui/chart/chart.module.css'
import { bandPath, linearScale, linePath, type XY } from '../../ui/chart/scale.ts'
import { useSize } from '../../ui/chart/useSize.ts'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { useAddressState } from '../../ui/useAddressState.ts'
import { useFormat } from '../../ui/useFormat.ts'
import css from './runs.module.css'
import { keysOf } from './search.view.ts'

const HEIGHT = 280
const axes = ['step', 'time', 'wall'] as const
type Axis = (typeof axes)[number]

/** Told apart by lightness and dashes too, never by hue alone. */
const strokes = [
  'var(--sea)',
  'var(--brass-line)',
  'var(--ink-2)',
  'var(--sea-line)',
  'var(--brass)',
  'var(--ink)',
]
const dashes = ['', '6 3', '2 3']
const strokeOf = (i: number) => strokes[i % strokes.length]!
const dashOf = (i: number) => dashes[Math.floor(i / strokes.length) % dashes.length]!

/** @param first the metric that is shown before anyone chose, where there is one of that name */
export function CurvesPart({ runs, first }: { runs: TrackedRun[]; first?: string | undefined }) {
  const { t } = useTranslation()
  const address = useAddressState()
  const metrics = keysOf(runs).metrics.map((key) => key.slice('metrics.'.length))
  const unasked = first !== undefined && metrics.includes(first) ? first : metrics[0]
  const metric = address.text('metric') || unasked || ''
  const axis = axes.find((each) => each === address.text('axis')) ?? 'step'
  const smoothing = Math.min(0.99, Math.max(0, Number(address.text('smoothing')) || 0))
  const [dragged, setDragged] = useState(smoothing)
  const curves = useQuery(
    reads.curves(
      runs.map(({ id }) => id),
      metric,
      axis,
      smoothing,
    ),
  )
  if (metrics.length === 0) return null
  return (
    <Panel title={t('compare.curves')}>
      <div className={css.controls}>
        <Select
          size="xs"
          label={t('compare.metric')}
          data={metrics}
          value={metric}
          searchable
          allowDeselect={false}
          onChange={(next) => address.set({ metric: next ?? '' })}
        />
        <div>
          <Text size="xs">{t('compare.axis')}</Text>
          <SegmentedControl
            size="xs"
            value={axis}
            data={axes.map((value) => ({ value, label: t(`curveAxis.${value}`) }))}
            onChange={(next) => address.set({ axis: next === 'step' ? '' : next })}
          />
        </div>
        <div className={css.smoothing}>
          <Text size="xs">{t('compare.smoothing')}</Text>
          <Slider
            size="sm"
            min={0}
            max={0.99}
            step={0.01}
            value={dragged}
            onChange={setDragged}
            thumbLabel={t('compare.smoothing')}
            onChangeEnd={(next) => address.set({ smoothing: next === 0 ? '' : String(next) })}
          />
        </div>
      </div>
      {curves.isError && <ErrorNote error={curves.error} />}
      {curves.isLoading && <p className={chart.waiting}>{t('frame.loading')}</p>}
      {curves.data && <Curves curves={curves.data} runs={runs} metric={metric} axis={axis} />}
    </Panel>
  )
}

interface CurvesProps {
  curves: CurveBuckets[]
  runs: TrackedRun[]
  metric: string
  axis: Axis
}

function Curves({ curves, runs, metric, axis }: CurvesProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const [ref, width] = useSize(640)
  const drawn = runs.flatMap((run, i) => {
    const curve = curves.find(({ runId }) => runId === run.id)
    return curve ? [{ run, i, curve }] : []
  })
  const values = drawn
    .flatMap(({ curve }) => [...curve.min, ...curve.max].map(Number))
    .filter(Number.isFinite)
  const ends = drawn.flatMap(({ curve }) => [curve.x[0]!, curve.x.at(-1)!])
  const right = width - 72
  const x = linearScale([least(ends), greatest(ends)], [0, right], Math.max(2, Math.floor(right / 130)))
  const y = linearScale([least(values), greatest(values)], [HEIGHT - 40, 12])
  const shown = (value: MetricValue | undefined) =>
    typeof value === 'number' ? format.number(value) : (value ?? '')
  const instant = (value: number) => format.dateTime(new Date(value).toISOString())
  return (
    <ChartFrame
      level={3}
      title={metric}
      table={{
        columns: ['', t('compare.points'), t('compare.last'), t('compare.smallest'), t('compare.greatest')],
        rows: drawn.map(({ run, curve }) => [
          `${run.number} ${run.name}`,
          format.integer(curve.points),
          shown(curve.last.at(-1)),
          shown(least(curve.min.map(Number).filter(Number.isFinite))),
          shown(greatest(curve.max.map(Number).filter(Number.isFinite))),
        ]),
      }}
      note={drawn.some(({ curve }) => curve.odd.some((n) => n > 0)) ? t('compare.notFinite') : undefined}
    >
      <div ref={ref} className={chart.canvas}>
        {drawn.length === 0 ? (
          <p className={chart.waiting}>{t('compare.noCurve', { metric })}</p>
        ) : (
          <svg width={width} height={HEIGHT} role="img" aria-label={`${t('compare.curves')}: ${metric}`}>
            {y.ticks.map((tick) => (
              <g key={tick}>
                <line x1={0} x2={right} y1={y(tick)} y2={y(tick)} className={chart.grid} />
                <text x={right + 8} y={y(tick) + 4} className={chart.tick}>
                  {format.number(tick)}
                </text>
              </g>
            ))}
            <line x1={0} x2={right} y1={HEIGHT - 32} y2={HEIGHT - 32} className={chart.axis} />
            {x.ticks.map((tick, i) => (
              <text
                key={tick}
                x={x(tick)}
                y={HEIGHT - 14}
                textAnchor={i === 0 ? 'start' : 'middle'}
                className={chart.tick}
              >
                {axis === 'wall' ? instant(tick) : format.number(tick)}
              </text>
            ))}
            {drawn.map(({ run, i, curve }) => (
              <g key={run.id} data-curve={run.number} style={{ color: strokeOf(i) }}>
                <path d={bandOf(curve, x, y)} className={css.band} />
                <path d={lineOf(curve, x, y)} className={css.curve} strokeDasharray={dashOf(i)} />
                {curve.odd.map((n, at) =>
                  n > 0 ? (
                    <path
                      // biome-ignore lint/suspicious/noArrayIndexKey: buckets have no other name
                      key={at}
                      d={`M${x(curve.x[at]!)} ${HEIGHT - 32}l4 -7h-8z`}
                      className={css.odd}
                    />
                  ) : null,
                )}
              </g>
            ))}
          </svg>
        )}
      </div>
      <div className={css.legend}>
        {drawn.map(({ run, i }) => (
          <span key={run.id}>
            <span
              className={css.swatch}
              style={{ color: strokeOf(i), borderTopStyle: dashOf(i) === '' ? 'solid' : 'dashed' }}
            />
            {run.number} {run.name}
          </span>
        ))}
      </div>
    </ChartFrame>
  )
}

type Place = (value: number) => number

/** The smoothed curve where it was asked for, else the mean of each bucket; broken where there is no finite value. */
function lineOf({ x: at, smoothed, mean }: CurveBuckets, x: Place, y: Place): string {
  const values = (smoothed ?? mean).map(Number)
  const pieces: XY[][] = [[]]
  at.forEach((place, i) => {
    if (Number.isFinite(values[i])) pieces.at(-1)!.push([x(place), y(values[i]!)])
    else if (pieces.at(-1)!.length > 0) pieces.push([])
  })
  // a single point is drawn as a short stroke
  return pieces
    .map((piece) => linePath(piece.length === 1 ? [piece[0]!, [piece[0]![0] + 2, piece[0]![1]]] : piece))
    .join('')
}

function bandOf({ x: at, min, max }: CurveBuckets, x: Place, y: Place): string {
  const both = at.flatMap((place, i) => {
    const [low, high] = [Number(min[i]), Number(max[i])]
    return Number.isFinite(low) && Number.isFinite(high)
      ? [{ place: x(place), low: y(low), high: y(high) }]
      : []
  })
  return both.length < 2
    ? ''
    : bandPath(
        both.map(({ place, high }): XY => [place, high]),
        both.map(({ place, low }): XY => [place, low]),
      )
}

const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), values[0] ?? 0)
const greatest = (values: readonly number[]): number =>
  values.reduce((a, b) => Math.max(a, b), values[0] ?? 0)
