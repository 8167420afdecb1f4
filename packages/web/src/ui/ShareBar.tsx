/** @file A share as a short bar with its number. */
import css from './ui.module.css'
import { useFormat } from './useFormat.ts'

export function ShareBar({ share }: { share: number }) {
  const format = useFormat()
  return (
    <span className={css.share}>
      <span className={css.shareTrack} aria-hidden="true">
        <span style={{ width: `${Math.min(100, Math.max(0, share * 100))}%` }} />
      </span>
      {format.percent(share)}
    </span>
  )
}
