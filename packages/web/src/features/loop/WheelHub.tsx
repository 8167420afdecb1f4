/** @file The middle of the wheel: the chance that every key result is met, or that nothing is known yet. */
import type { Loop } from '@capstan/api'
import { useTranslation } from 'react-i18next'
import { paths } from '../../paths.ts'
import { AppLink } from '../../ui/AppLink.tsx'
import { useFormat } from '../../ui/useFormat.ts'
import css from './wheel.module.css'

export function Hub({ loop, radius }: { loop: Loop; radius: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { now, before } = loop.chance
  const known = now !== null
  const single = loop.keyResults.some(({ forecast }) => forecast.basis === 'single')
  const chance = known ? format.percentNumber(now.chance) : ''
  return (
    <AppLink href={paths.strategy} className={css.sectorLink} label={t('wheel.chanceLabel')}>
      <circle r={radius} className={css.hub} />
      {known ? (
        <>
          <text y={-2} className={css.chance} data-long={chance.length > 4}>
            {chance}
            <tspan className={css.percent}>{' %'}</tspan>
          </text>
          <text y={20} className={css.hubLine}>
            {t('wheel.allMet')}
          </text>
          <text y={38} className={css.hubQuiet}>
            {single ? t('wheel.single') : `${format.percentRange(now.interval)} %`}
          </text>
          <text y={56} className={css.hubQuiet}>
            {before ? t('wheel.was', { chance: format.percent(before.chance) }) : t('wheel.wasUnknown')}
          </text>
        </>
      ) : (
        <>
          <text y={-4} className={css.unknown}>
            {t('wheel.noEvidence')}
          </text>
          <text y={18} className={css.hubQuiet}>
            {t('wheel.ofWhat')}
          </text>
        </>
      )}
    </AppLink>
  )
}
