/** @file The state of a run by mark and word, with its progress while it runs. */
import type { Run } from '@capstan/api'
import { useTranslation } from 'react-i18next'
import { StateMark, type Tone } from '../../ui/icons.tsx'
import { runShare } from '../../ui/runShare.ts'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'

const tones = {
  queued: 'open',
  running: 'watch',
  finished: 'good',
  failed: 'bad',
  cancelled: 'open',
  lost: 'bad',
} as const satisfies Record<Run['state'], Tone>

export function RunStateChip({ run }: { run: Pick<Run, 'state' | 'progress'> }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { progress, state } = run
  const word = t(`runState.${state}`)
  return (
    <span className={ui.chip}>
      <StateMark tone={tones[state]} label={word} />
      {word}
      {state === 'running' && progress && (
        <span className={ui.unit}>{format.percent(runShare(progress), 0)}</span>
      )}
    </span>
  )
}
