/** @file A confusion matrix: true class by row, predicted class by column, the most confused pairs marked. */
import type { Evaluation } from '@capstan/api'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { AppLink } from '../AppLink.tsx'
import css from './chart.module.css'
import { type Cell, cellsOf } from './matrix.view.ts'

type Part = Pick<Evaluation, 'classes' | 'confusion' | 'mostConfused'>

export function ConfusionMatrix({ evaluation, href }: { evaluation: Part; href?: string }) {
  const { t } = useTranslation()
  const cells = cellsOf(evaluation.confusion, evaluation.mostConfused.slice(0, 3))
  const { classes } = evaluation
  return (
    <div>
      <div className={css.axisNames} aria-hidden="true">
        <span>{t('chart.actualDown')}</span>
        <span>{t('chart.predictedRight')}</span>
      </div>
      <table className={css.matrix}>
        <caption className="visually-hidden">{t('chart.confusionCaption')}</caption>
        <thead>
          <tr>
            <td style={{ background: 'none', width: 28 }} />
            {classes.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cells.map((row, i) => (
            <tr key={classes[i]}>
              <th scope="row">{classes[i]}</th>
              {row.map((cell, j) => (
                <Count key={classes[j]} cell={cell} href={href} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Count({ cell, href }: { cell: Cell; href?: string }) {
  const share = cell.diagonal ? 30 + 62 * Math.max(0, (cell.shade - 0.5) * 2) : 6 + 34 * cell.shade
  const style = {
    '--cell':
      cell.count === 0
        ? 'var(--panel)'
        : `color-mix(in srgb, var(${cell.diagonal ? '--sea' : '--ink-3'}) ${share.toFixed(0)}%, var(--paper))`,
  } as React.CSSProperties
  const text: ReactNode = cell.count === 0 ? '·' : String(cell.count)
  return (
    <td
      style={style}
      data-dark={cell.diagonal && share > 55}
      data-zero={cell.count === 0}
      data-worst={cell.worst}
    >
      {href && cell.worst ? (
        <AppLink href={href} className={css.plain}>
          {text}
        </AppLink>
      ) : (
        text
      )}
    </td>
  )
}
