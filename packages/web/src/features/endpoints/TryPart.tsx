/** @file Try a served model: draw a digit or pick a picture, and see its answer and how long it took. */
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { reads } from '../../server/reads.ts'
import { Digit } from '../../ui/chart/Digit.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import ui from '../../ui/ui.module.css'
import { useFormat } from '../../ui/useFormat.ts'
import css from './endpoints.module.css'
import { modelInput, useClassify } from './endpoints.queries.ts'
import { Pad, type PadHandle } from './Pad.tsx'
import { inferBody, normalised, SIDE } from './picture.view.ts'

export function TryPart({ model }: { model: string }) {
  const { t } = useTranslation()
  const input = useQuery(modelInput(model))
  const classify = useClassify(model, input.data)
  const pad = useRef<PadHandle>(null)
  const [picture, setPicture] = useState<Float32Array | null>(null)
  const ask = (next: Float32Array | null) => {
    setPicture(next)
    if (next && input.data) classify.mutate(next)
    else classify.reset()
  }
  return (
    <div className={css.try}>
      <div className={css.draw}>
        <Pad ref={pad} onInk={(ink) => ask(normalised(ink))} />
        <div className={ui.buttons}>
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => {
              pad.current?.clear()
              ask(null)
            }}
          >
            {t('try.clear')}
          </Button>
          {picture && <Request model={model} picture={picture} />}
        </div>
        {input.isError && <ErrorNote error={input.error} />}
      </div>
      <Answered picture={picture} answer={classify.data} error={classify.error} />
      <Pictures
        onPick={(pixels) => {
          pad.current?.clear()
          ask(Float32Array.from(pixels, (pixel) => pixel / 255))
        }}
      />
    </div>
  )
}

interface AnsweredProps {
  picture: Float32Array | null
  answer: { probabilities: number[]; roundTrip: number } | undefined
  error: unknown
}

function Answered({ picture, answer, error }: AnsweredProps) {
  const { t } = useTranslation()
  const format = useFormat()
  if (error) return <ErrorNote error={error} />
  const best = answer ? answer.probabilities.indexOf(Math.max(...answer.probabilities)) : -1
  return (
    <div className={css.answer} aria-live="polite">
      {picture && answer ? (
        <>
          <p className={css.said}>
            <Digit
              pixels={Array.from(picture, (value) => Math.round(value * 255))}
              size={56}
              label={t('try.seen')}
            />
            <strong>{best}</strong>
            <span className={ui.unit}>{t('try.roundTrip', { ms: format.number(answer.roundTrip) })}</span>
          </p>
          <ol className={css.bars} start={0}>
            {answer.probabilities.map((share, digit) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a class is its place
              <li key={digit} data-best={digit === best}>
                <span>{digit}</span>
                <span className={css.bar} aria-hidden="true">
                  <i style={{ width: `${share * 100}%` }} />
                </span>
                <span>{format.percent(share)}</span>
              </li>
            ))}
          </ol>
        </>
      ) : (
        <p className={ui.empty}>{t('try.nothing')}</p>
      )}
    </div>
  )
}

/** The same request as a file, for the command line. */
function Request({ model, picture }: { model: string; picture: Float32Array }) {
  const { t } = useTranslation()
  const input = useQuery(modelInput(model)).data
  if (!input) return null
  const body = JSON.stringify(inferBody(input, picture, SIDE))
  return (
    <a className={ui.link} download="request.json" href={`data:application/json,${encodeURIComponent(body)}`}>
      {t('try.request')}
    </a>
  )
}

/** Pictures of the data set as buttons: the way in without a pointer. */
function Pictures({ onPick }: { onPick: (pixels: readonly number[]) => void }) {
  const { t } = useTranslation()
  const version = useQuery(reads.datasets()).data?.[0]?.versions.at(-1)
  if (!version) return null
  const seen = new Set<number>()
  const one = version.profile.samples.filter(({ label }) => !seen.has(label) && seen.add(label))
  return (
    <div className={css.pictures}>
      <p className={ui.note}>{t('try.pick')}</p>
      <ul>
        {one.map(({ label, pixels }) => (
          <li key={label}>
            <button type="button" onClick={() => onPick(pixels)}>
              <Digit
                pixels={pixels}
                size={44}
                label={t('datasets.sampleOf', { name: version.classes[label] ?? label })}
              />
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
